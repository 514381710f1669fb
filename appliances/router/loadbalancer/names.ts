import type { Rule } from './spec.ts'

export const UNIT = 'sysvm-haproxy.service'
export const RUN_FOLDER = '/run/haproxy'
export const ADMIN_SOCKET = `${RUN_FOLDER}/admin.sock`
export const MASTER_SOCKET = `${RUN_FOLDER}/master.sock`
/** What a process that takes over knows of its servers' health. */
export const STATE_FILE = `${RUN_FOLDER}/servers`
export const GROUP = 'haproxy'

export const CONFIG_FILE = 'loadbalancer/haproxy.cfg'
/** Apart from the rest, so that a diff of the rest may be shown. */
export const USERS_FILE = 'loadbalancer/users.cfg'
export const UDP_FILE = 'loadbalancer/udp.json'

/** Tables are named after their proxy, so the two of a rule must not share a name. */
export const frontendName = ({ id }: Pick<Rule, 'id'>): string => `in-${id}`
export const backendName = ({ id }: Pick<Rule, 'id'>): string => `to-${id}`
export const STATISTICS = 'statistics'
/** Section of the process's own peer: a successor learns the tables of clients from its predecessor. */
export const PEERS = 'successor'
export const LOCAL_PEER = 'router'

/** Paths as haproxy knows them, relative to its configuration's folder. */
export const certificatePath = (id: string): string => `certificates/${id}.pem`
export const listPath = ({ id }: Pick<Rule, 'id'>): string => `lists/${id}.txt`
