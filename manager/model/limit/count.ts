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

/** Kinds that are counted apart; a guest counts for three at once. */
const APART = ['public_ip', 'template', 'network', 'vpc', 'project'] as const satisfies readonly LimitName[]

/** What accounts have of each kind, counted from what there is. Of those that are left out: nothing. */
export const countsOf = async (
  db: Kysely<Database>,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, Amounts>> => {
  const whose = among(accounts)
  const apart = APART.map(
    (name) => sql`select account, ${sql.lit(name)} as kind, sum(amount)::float8 as amount
      from (${sources[name]?.(whose)}) part group by account`,
  )
  // As one object for each kind: to send and read thousands of rows takes longer than to count.
  const { rows } = await sql<{ kind: LimitName; amounts: Readonly<Record<string, number>> }>`
    with size as (
      select id as account, sum(machines)::float8 as guests, sum(cpus)::float8 as cpus, sum(memory)::float8 as memory
      from tallied where what = 'account' and id = any(${[...accounts]}::uuid[]) group by id)
    select kind, json_object_agg(account, amount) as amounts from (
      select account, 'user_vm' as kind, guests as amount from size
      union all select account, 'cpu', cpus from size
      union all select account, 'memory', memory from size
      union all ${sql.join(apart, sql` union all `)}) counted
    group by kind`.execute(db)
  const counts = new Map<string, Partial<Record<LimitName, number>>>()
  for (const { kind, amounts } of rows)
    for (const [account, amount] of Object.entries(amounts)) {
      const all = counts.get(account) ?? {}
      all[kind] = amount
      counts.set(account, all)
    }
  return counts
}

const sum = (all: readonly Amounts[]): Amounts =>
  Object.fromEntries(limitKinds.map(({ name }) => [name, all.reduce((total, one) => total + (one[name] ?? 0), 0)]))

/** The same for all accounts of each domain and beneath it together, by the domains' paths; as quick as for one. */
export const countsBeneath = async (
  db: Kysely<Database>,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Amounts>> => {
  const { rows } = await sql<{ id: string; path: string }>`
    select account.id, domain.path from account join domain on domain.id = account.domain
    where exists (select from unnest(${[...paths]}::text[]) above (path)
      where domain.path = above.path or starts_with(domain.path, above.path || '/'))`.execute(db)
  const counts = await countsOf(
    db,
    rows.map(({ id }) => id),
  )
  // Each account counts for the domains on its way up: thousands of them are not compared with each other.
  const beneath = new Map(paths.map((path) => [path, [] as Amounts[]]))
  for (const { id, path } of rows) {
    const amounts = counts.get(id)
    if (amounts === undefined) continue
    const names = path.split('/')
    for (const depth of names.keys()) beneath.get(names.slice(0, depth + 1).join('/'))?.push(amounts)
  }
  return new Map([...beneath].map(([path, all]) => [path, sum(all)]))
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
