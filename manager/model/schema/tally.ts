import type { Id } from './columns.ts'

/** What accounts, hosts and clusters have of machines, as sums; bigints are texts. */
export interface TallyTable {
  what: 'account' | 'host' | 'cluster'
  id: Id
  machines: string
  cpus: string
  memory: string
}
