import { type Kysely, type RawBuilder, sql } from 'kysely'
import { sizeOf } from '../guest.ts'
import type { Database } from '../schema.ts'
import { type Amounts, type LimitName, limitKinds } from './kinds.ts'

/** Guests that take up room: all but destroyed ones, which take theirs again when they are recovered. */
const present = sql`guest.desired in ('Running', 'Stopped')`

/** Rows of account and amount, by kind; the accounts are those of `whose`, a list of ids or a query of them. */
const sources: Partial<Record<LimitName, (whose: RawBuilder<unknown>) => RawBuilder<unknown>>> = {
  user_vm: (whose) => sql`select account, 1 as amount from guest where account in (${whose}) and ${present}`,
  cpu: (whose) => sql`select guest.account, ${sizeOf('cpunumber')} as amount from guest
    join service_offering on service_offering.id = guest.offering where guest.account in (${whose}) and ${present}`,
  memory: (whose) => sql`select guest.account, ${sizeOf('memory')} as amount from guest
    join service_offering on service_offering.id = guest.offering where guest.account in (${whose}) and ${present}`,
  public_ip: (whose) => sql`select account, 1 as amount from public_ip where account in (${whose})`,
  template: (whose) => sql`select account, 1 as amount from template where account in (${whose}) and kind = 'guest'`,
  network: (whose) => sql`select account, 1 as amount from network where account in (${whose})`,
  vpc: (whose) => sql`select account, 1 as amount from vpc where account in (${whose})`,
  project: (whose) => sql`select account, 1 as amount from project_account
    where account in (${whose}) and role = 'Admin'`,
}

/** Addresses that networks and VPCs go out by and take as soon as they are in use: they are spoken for. */
const toCome = (whose: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select network.account, 1 as amount from network
    join network_offering on network_offering.id = network.offering
    where network.account in (${whose}) and network.vpc is null and network_offering.services ? 'SourceNat'
      and not exists (select from public_ip where public_ip.network = network.id and public_ip.is_source_nat)
  union all
  select vpc.account, 1 from vpc join vpc_offering on vpc_offering.id = vpc.offering
    where vpc.account in (${whose}) and vpc_offering.services ? 'SourceNat'
      and not exists (select from public_ip where public_ip.vpc = vpc.id and public_ip.is_source_nat)`

const among = (accounts: readonly string[]) => sql`select unnest(${[...accounts]}::uuid[])`

/** Accounts of a domain of this path, and of those beneath it, projects' included. */
const beneath = (path: string) => sql`select account.id from account join domain on domain.id = account.domain
  where domain.path = ${path} or starts_with(domain.path, ${`${path}/`})`

/** What accounts have of each kind, counted from what there is. Of those that are left out: nothing. */
export const countsOf = async (
  db: Kysely<Database>,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, Amounts>> => {
  const whose = among(accounts)
  const parts = limitKinds.flatMap(({ name }) => {
    const source = sources[name]?.(whose)
    return source === undefined
      ? []
      : [sql`select account, ${sql.lit(name)} as kind, sum(amount)::float8 as amount from (${source}) part group by 1`]
  })
  const { rows } = await sql<{ account: string; kind: LimitName; amount: number }>`
    ${sql.join(parts, sql` union all `)}`.execute(db)
  const counts = new Map<string, Amounts>()
  for (const { account, kind, amount } of rows) counts.set(account, { ...counts.get(account), [kind]: amount })
  return counts
}

/** The same for all accounts of a domain and beneath it together. */
export const countsBeneath = async (db: Kysely<Database>, path: string): Promise<Amounts> => {
  const parts = limitKinds.flatMap(({ name }) => {
    const source = sources[name]?.(beneath(path))
    return source === undefined
      ? []
      : [sql`select ${sql.lit(name)} as kind, coalesce(sum(amount), 0)::float8 as amount from (${source}) part`]
  })
  const { rows } = await sql<{ kind: LimitName; amount: number }>`${sql.join(parts, sql` union all `)}`.execute(db)
  return Object.fromEntries(rows.map(({ kind, amount }) => [kind, amount]))
}

/** What counts against a limit of one kind; addresses that are spoken for as well. */
export const amountOf = async (
  trx: Kysely<Database>,
  name: LimitName,
  whose: { readonly account: string } | { readonly path: string },
): Promise<number> => {
  const accounts = 'account' in whose ? among([whose.account]) : beneath(whose.path)
  const source = sources[name]?.(accounts)
  if (source === undefined) return 0
  const all = name === 'public_ip' ? sql`${source} union all (${toCome(accounts)})` : source
  const { rows } = await sql<{ amount: number }>`
    select coalesce(sum(amount), 0)::float8 as amount from (${all}) part`.execute(trx)
  return rows[0]?.amount ?? 0
}
