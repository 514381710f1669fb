import type { Id } from './columns.ts'

/** A limit that was set: of an account, or of a domain with all that is beneath it. */
export interface ResourceLimitTable {
  account: Id | null
  domain: Id | null
  /** CloudStack's number of the kind of thing. */
  type: number
  /** -1: as many as they like. PostgreSQL's bigint comes as text. */
  most: string
}
