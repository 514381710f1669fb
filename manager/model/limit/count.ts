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

/** What accounts have of each kind, counted from what there is. */
export const countsOf = async (
  db: Kysely<Database>,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, Amounts>> => {
  const whose = sql`select id from whose`
  const part = (name: string) => sql.ref(`${name}_part`)
  const apart = APART.map(
    (
      name,
    ) => sql`left join (select account, count(*)::int as amount from (${sources[name]?.(whose)}) one group by account)
      ${part(name)} on ${part(name)}.account = whose.id`,
  )
  const columns = [
    sql`size.guests as user_vm, size.cpus as cpu, size.memory as memory`,
    ...APART.map((name) => sql`${part(name)}.amount as ${sql.ref(name)}`),
  ]
  const numbers = (['user_vm', 'cpu', 'memory', ...APART] as const).map(
    (name) => sql`json_agg(coalesce(${sql.ref(name)}, 0)) as ${sql.ref(name)}`,
  )
  // One list of numbers for each kind, in the order of the accounts: to send and read thousands of rows, and all their
  // ids for each kind, takes longer than to count.
  const { rows } = await sql<Partial<Record<LimitName, readonly number[]>>>`
    with whose as materialized (
      select id, place from unnest(${[...accounts]}::uuid[]) with ordinality as given (id, place)),
    size as (
      select id, sum(machines)::int as guests, sum(cpus)::int as cpus, sum(memory)::int as memory
      from tallied where what = 'account' and id in (${whose}) group by id)
    select ${sql.join(numbers)} from (
      select ${sql.join(columns)}
      from whose left join size on size.id = whose.id ${sql.join(apart, sql` `)}
      order by whose.place) placed`.execute(db)
  const [row = {}] = rows
  const kinds = (Object.keys(row) as LimitName[]).map((name) => [name, row[name] ?? []] as const)
  return new Map(
    accounts.map((account, place) => [account, Object.fromEntries(kinds.map(([name, all]) => [name, all[place]]))]),
  )
}

const sum = (all: readonly Amounts[]): Amounts => {
  const total: Partial<Record<LimitName, number>> = {}
  for (const { name } of limitKinds) {
    let amount = 0
    for (const one of all) amount += one[name] ?? 0
    total[name] = amount
  }
  return total
}

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
