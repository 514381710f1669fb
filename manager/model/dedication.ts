import { type RawBuilder, sql } from 'kysely'

/** What can be kept for an account, or for the accounts of a domain: its columns `account` and `domain` say for whom. */
type Dedicated = 'bgp_peer' | 'vlan_range'

/** Whether a row is the account's own or that of its domain, in SQL over the table; null where it is nobody's. */
export const isDedicatedTo = (table: Dedicated, account: string | RawBuilder<unknown>): RawBuilder<boolean> =>
  sql`(${sql.ref(`${table}.account`)} = ${account}
    or ${sql.ref(`${table}.domain`)} = (select account.domain from account where account.id = ${account}))`

export const isDedicatedToNobody = (table: Dedicated): RawBuilder<boolean> =>
  sql`(${sql.ref(`${table}.account`)} is null and ${sql.ref(`${table}.domain`)} is null)`
