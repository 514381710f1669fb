import type { Generated } from 'kysely'
import type { Id } from './columns.ts'

/** One run of a manager. A row that is Down never comes up again: the next run has another id. */
export interface ManagerTable {
  id: Id
  /** Of the machine it runs on. */
  name: string
  /** Where its API answers. */
  address: string
  version: string
  /** Which process it is, for those who can see whether that lives. */
  process: string
  state: Generated<'Up' | 'Down'>
  /** The fencing epoch that it carries since its last heartbeat; a bigint, so text in JavaScript. */
  epoch: string
  started: Generated<Date>
  heartbeat: Generated<Date>
  /** How often it renewed its lease; a bigint, so text in JavaScript. */
  renewals: Generated<string>
  stopped: Date | null
}

/** One row. */
export interface FenceTable {
  id: Generated<boolean>
  /** Raised whenever a manager comes, goes or is declared dead. */
  epoch: Generated<string>
  /** Fingerprint of the keys folder that the secrets of this database belong to; null before the first manager. */
  keys: string | null
}
