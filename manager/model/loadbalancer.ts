import { type Insertable, type Kysely, type Selectable, type SqlBool, sql, type Updateable } from 'kysely'
import type { Accounts } from './among.ts'
import { contains } from './contains.ts'
import { isHeld } from './held.ts'
import { lockInOrder } from './lock.ts'
import { ownedBy } from './ownership.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { LoadBalancerRuleTable } from './schema/loadbalancer.ts'
import type { Database } from './schema.ts'

export type LoadBalancerRule = Selectable<LoadBalancerRuleTable> & {
  readonly publicip: string | null
  readonly publicaddress: string | null
  readonly zone: string
  readonly zonename: string
  readonly vpc: string | null
  /** Whose it is. */
  readonly account: string
  /** Whether the router has it as it is now. */
  readonly held: boolean
}

// Left joins though nothing is missing: the planner drops those that a count does not need.
const rules = (db: Kysely<Database>) =>
  db
    .selectFrom('load_balancer_rule')
    .leftJoin('ip_rule', 'ip_rule.id', 'load_balancer_rule.ip_rule')
    .leftJoin('public_ip', 'public_ip.id', 'ip_rule.public_ip')
    .leftJoin('network', 'network.id', 'load_balancer_rule.network')
    .leftJoin('zone', 'zone.id', 'network.zone')
    .selectAll('load_balancer_rule')
    .select([
      'ip_rule.public_ip as publicip',
      'public_ip.address as publicaddress',
      'network.zone',
      'network.vpc',
      'network.account',
      'zone.name as zonename',
      isHeld('load_balancer_rule.network', 'load_balancer_rule.revision').as('held'),
    ])
    .$castTo<LoadBalancerRule>()
    .orderBy('load_balancer_rule.created')
    .orderBy('load_balancer_rule.id')

export interface LoadBalancerRuleFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly scheme?: LoadBalancerRule['scheme'] | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly publicIp?: string | undefined
  readonly network?: string | undefined
  readonly zone?: string | undefined
  /** A guest among its members. */
  readonly guest?: string | undefined
  readonly sourceAddress?: string | undefined
  readonly sourceNetwork?: string | undefined
}

export const findLoadBalancerRules = (
  db: Kysely<Database>,
  filter: LoadBalancerRuleFilter,
  page: Page,
): Promise<Found<LoadBalancerRule>> => {
  let query = rules(db)
  if (filter.accounts) query = query.where(ownedBy('load_balancer_rule', filter.accounts))
  const equal = {
    'load_balancer_rule.scheme': filter.scheme,
    'load_balancer_rule.id': filter.id,
    'load_balancer_rule.name': filter.name,
    'load_balancer_rule.network': filter.network,
    'load_balancer_rule.source_address': filter.sourceAddress,
    'load_balancer_rule.source_network': filter.sourceNetwork,
    'ip_rule.public_ip': filter.publicIp,
    'network.zone': filter.zone,
  }
  for (const [column, value] of Object.entries(equal))
    if (value !== undefined) query = query.where(sql<SqlBool>`${sql.ref(column)} = ${value}`)
  if (filter.keyword) query = query.where(contains(['load_balancer_rule.name'], filter.keyword))
  if (filter.guest !== undefined)
    query = query.where(
      sql<SqlBool>`exists (
        select from load_balancer_member member join nic on nic.id = member.nic
        where member.rule = load_balancer_rule.id and nic.guest = ${filter.guest})`,
    )
  return findPage(query, page, 'load_balancer_rule.id')
}

export const findLoadBalancerRule = (db: Kysely<Database>, id: string): Promise<LoadBalancerRule | undefined> =>
  rules(db).where('load_balancer_rule.id', '=', id).executeTakeFirst()

/** The row, held until the transaction ends, as are its public address and its network. */
export const lockLoadBalancerRule = async (
  trx: Kysely<Database>,
  id: string,
): Promise<Selectable<LoadBalancerRuleTable> | undefined> => {
  const seen = await trx
    .selectFrom('load_balancer_rule')
    .leftJoin('ip_rule', 'ip_rule.id', 'load_balancer_rule.ip_rule')
    .select(['load_balancer_rule.network', 'ip_rule.public_ip'])
    .where('load_balancer_rule.id', '=', id)
    .executeTakeFirst()
  if (seen === undefined) return undefined
  await lockInOrder(trx, { addresses: [seen.public_ip], networks: [seen.network] })
  return trx.selectFrom('load_balancer_rule').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export const insertLoadBalancerRule = async (
  trx: Kysely<Database>,
  values: Insertable<LoadBalancerRuleTable>,
): Promise<string> =>
  (await trx.insertInto('load_balancer_rule').values(values).returning('id').executeTakeFirstOrThrow()).id

export const updateLoadBalancerRuleRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<LoadBalancerRuleTable>,
): Promise<void> => {
  await trx
    .updateTable('load_balancer_rule')
    .set({ ...values, id })
    .where('id', '=', id)
    .execute()
}

/** With its members, policies and certificates' assignments; of a public one also its ports, whose address it gives. */
export const deleteLoadBalancerRuleRow = async (trx: Kysely<Database>, id: string): Promise<string | undefined> => {
  await trx.deleteFrom('load_balancer_rule').where('id', '=', id).execute()
  const ports = await trx
    .deleteFrom('ip_rule')
    .where('id', '=', id)
    .where('purpose', '=', 'LoadBalancing')
    .returning('public_ip')
    .executeTakeFirst()
  return ports?.public_ip
}

export interface LoadBalancerMember {
  readonly rule: string
  readonly nic: string
  /** One of the nic's further addresses; null: its own. */
  readonly secondary: string | null
  readonly guest: string
  readonly name: string
  readonly state: string
  /** Null until the guest is given one. */
  readonly address: string | null
}

/** Members of the rules, in the order they were assigned. */
export const membersOf = async (db: Kysely<Database>, ids: readonly string[]): Promise<LoadBalancerMember[]> => {
  const { rows } = await sql<LoadBalancerMember>`
    select member.rule, member.nic, member.secondary, nic.guest, guest.name, guest.state,
           host(coalesce(further.address, nic.address)) as address
    from load_balancer_member member
    join nic on nic.id = member.nic
    left join nic_secondary_ip further on further.id = member.secondary
    join guest on guest.id = nic.guest
    where member.rule = any(${[...ids]}::uuid[])
    order by member.created, guest.number`.execute(db)
  return rows
}

export interface GuestNic {
  readonly nic: string
  /** One of the nic's further addresses; null: its own. */
  readonly secondary: string | null
  readonly guest: string
  readonly address: string | null
}

/** The addresses by which guests are on a network, a nic's own first; a guest that is on its way out has none. */
export const nicsOn = async (
  db: Kysely<Database>,
  network: string,
  guests: readonly string[],
): Promise<readonly GuestNic[]> => {
  const { rows } = await sql<GuestNic>`
    select nic.id as nic, own.secondary, nic.guest, host(own.address) as address
    from nic join guest on guest.id = nic.guest
    cross join lateral (
      select null::uuid as secondary, nic.address
      union all
      select further.id, further.address from nic_secondary_ip further where further.nic = nic.id) own
    where nic.network = ${network} and nic.guest = any(${[...guests]}::uuid[])
      and guest.desired not in ('Destroyed', 'Expunged')
    order by nic.device, own.secondary is not null, own.address`.execute(db)
  return rows
}

type Member = Pick<GuestNic, 'nic' | 'secondary'>

export const insertMembers = async (trx: Kysely<Database>, rule: string, members: readonly Member[]): Promise<void> => {
  if (members.length === 0) return
  await trx
    .insertInto('load_balancer_member')
    .values(members.map(({ nic, secondary }) => ({ rule, nic, secondary })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export const deleteMembers = async (trx: Kysely<Database>, rule: string, members: readonly Member[]): Promise<void> => {
  for (const { nic, secondary } of members)
    await trx
      .deleteFrom('load_balancer_member')
      .where('rule', '=', rule)
      .where('nic', '=', nic)
      .where('secondary', 'is not distinct from', secondary)
      .execute()
}

/** Networks whose rules have the guest as a member: their routers must hear when it starts or stops. */
export const balancedNetworksOfGuest = async (db: Kysely<Database>, guest: string): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('load_balancer_member')
    .innerJoin('nic', 'nic.id', 'load_balancer_member.nic')
    .select('nic.network')
    .distinct()
    .where('nic.guest', '=', guest)
    .orderBy('nic.network')
    .execute()
  return rows.flatMap(({ network }) => (network === null ? [] : [network]))
}

/** Addresses of internal load balancers on a tier, which guests cannot have. */
export const balancerAddresses = async (db: Kysely<Database>, network: string): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('load_balancer_rule')
    .select('source_address')
    .distinct()
    .where('source_network', '=', network)
    .orderBy('source_address')
    .execute()
  return rows.flatMap(({ source_address: address }) => (address === null ? [] : [address]))
}

/** The guest that has, or is to have, an address of a network. */
export const guestWithAddress = async (
  trx: Kysely<Database>,
  network: string,
  address: string,
): Promise<string | undefined> => {
  const { rows } = await sql<{ guest: string | null }>`
    select nic.guest from nic left join nic_secondary_ip further on further.nic = nic.id
    where nic.network = ${network} and ${address} in (host(nic.address), host(further.address))
    limit 1`.execute(trx)
  return rows[0]?.guest ?? undefined
}

/** Routers of networks with internal load balancers. */
export const routersBalancing = async (db: Kysely<Database>): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('load_balancer_rule')
    .innerJoin('router_network', 'router_network.network', 'load_balancer_rule.network')
    .select('router_network.router')
    .distinct()
    .where('load_balancer_rule.scheme', '=', 'Internal')
    .execute()
  return rows.map(({ router }) => router)
}

/** Networks with load balancer rules, in the order in which they are locked. */
export const balancedNetworks = async (db: Kysely<Database>): Promise<readonly string[]> => {
  const rows = await db.selectFrom('load_balancer_rule').select('network').distinct().orderBy('network').execute()
  return rows.map(({ network }) => network)
}

/** A load balancer rule with a guest's further address among its members. */
export const balancingTo = async (trx: Kysely<Database>, secondary: string): Promise<string | undefined> => {
  const row = await trx
    .selectFrom('load_balancer_member')
    .select('rule')
    .where('secondary', '=', secondary)
    .limit(1)
    .executeTakeFirst()
  return row?.rule
}
