import { type RawBuilder, sql } from 'kysely'

/** Whether the column is one of the accounts; of one account its rows come from an index in their order. */
export const amongAccounts = (column: string, accounts: readonly string[]): RawBuilder<boolean> =>
  accounts.length === 1
    ? sql`${sql.ref(column)} = ${accounts[0]}`
    : sql`${sql.ref(column)} = any(${[...accounts]}::uuid[])`
