import type { ColumnType, Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

/** Failed logins of late. */
export interface LoginAttemptTable {
  /** `user <domain path> <name>` or `address <address>`. */
  subject: string
  failures: number
  /** Until then no login is tried. */
  free_at: ColumnType<Date, Date | undefined, Date>
  last: ColumnType<Date, Date | undefined, Date>
}

/** What goes with all it has. */
export interface RemovalTable {
  /** Of the account or domain. */
  id: Id
  kind: 'account' | 'domain'
  revision: Generated<number>
  /** Why it takes so long. */
  reason: string | null
  created: Created
}
