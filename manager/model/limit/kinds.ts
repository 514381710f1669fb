/** What is counted and limited, with CloudStack's numbers, names and words of answers. */
export const limitKinds = [
  { type: 0, name: 'user_vm', field: 'vm', key: 'user.vms' },
  { type: 1, name: 'public_ip', field: 'ip', key: 'public.ips' },
  { type: 2, name: 'volume', field: 'volume', key: 'volumes' },
  { type: 3, name: 'snapshot', field: 'snapshot', key: 'snapshots' },
  { type: 4, name: 'template', field: 'template', key: 'templates' },
  { type: 5, name: 'project', field: 'project', key: 'projects' },
  { type: 6, name: 'network', field: 'network', key: 'networks' },
  { type: 7, name: 'vpc', field: 'vpc', key: 'vpcs' },
  { type: 8, name: 'cpu', field: 'cpu', key: 'cpus' },
  { type: 9, name: 'memory', field: 'memory', key: 'memory' },
  { type: 10, name: 'primary_storage', field: 'primarystorage', key: 'primary.storage' },
  { type: 11, name: 'secondary_storage', field: 'secondarystorage', key: 'secondary.storage' },
] as const

export type LimitKind = (typeof limitKinds)[number]
export type LimitName = LimitKind['name']

/** How many of each kind; those that are left out: none. */
export type Amounts = Partial<Readonly<Record<LimitName, number>>>

/** As many as they like. */
export const UNLIMITED = -1
