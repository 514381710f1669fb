/** What the lab borrows from the manager: how a host is reached. */
export type { OpenHostOptions } from '@sysvm/manager/hosts'
export type { HostConnection } from '@sysvm/manager/hosts/connection'
export { openLocal } from '@sysvm/manager/hosts/local'
