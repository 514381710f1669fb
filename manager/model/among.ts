import { type RawBuilder, sql } from 'kysely'

/** Whose things a list shows: these accounts', or all but these accounts', what nobody has included. */
export type Accounts = readonly string[] | { readonly but: readonly string[] }

/** A condition on few accounts, or its opposite: a mere filter, that leaves the order to whatever index has it. */
export const whether = (
  accounts: Accounts,
  among: (ids: readonly string[]) => RawBuilder<boolean>,
): RawBuilder<boolean> => ('but' in accounts ? sql`(${among(accounts.but)}) is not true` : among(accounts))

/** Whether the column is one of the accounts; of one account its rows come from an index in their order. */
export const amongAccounts = (column: string, accounts: Accounts): RawBuilder<boolean> =>
  whether(accounts, (ids) =>
    ids.length === 1 ? sql`${sql.ref(column)} = ${ids[0]}` : sql`${sql.ref(column)} = any(${[...ids]}::uuid[])`,
  )
