import { type Insertable, type Kysely, sql, type Updateable } from 'kysely'
import type { Accounts } from './among.ts'
import { addressContains, containsExactly } from './contains.ts'
import { isHeld } from './held.ts'
import { lockInOrder } from './lock.ts'
import { ownedBy } from './ownership.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { PortForwardingTable } from './schema/nat.ts'
import type { Database } from './schema.ts'

/** A rule of port forwarding, or of a one to one address, as clients see it. */
export interface ForwardingRule {
  readonly id: string
  readonly protocol: string
  readonly first: number
  readonly last: number
  readonly publicip: string
  readonly publicaddress: string
  readonly network: string | null
  /** Null: the one to one address has lost its guest. */
  readonly private_port: number | null
  readonly cidrs: string[] | null
  readonly guest: string | null
  readonly guestname: string | null
  readonly guestdisplayname: string | null
  readonly guestaddress: string | null
  /** Whether the router has it as it is now. */
  readonly held: boolean
  readonly created: Date
}

/** Whether the routers of the rule's network hold the revision that the rule came with. */
const held = isHeld('ip_rule.network', 'ip_rule.revision')

// Left joins though nothing is missing: the planner drops those that a count does not need.
const rules = (db: Kysely<Database>, purpose: 'PortForwarding' | 'StaticNat') =>
  db
    .selectFrom('ip_rule')
    .leftJoin('port_forwarding', 'port_forwarding.id', 'ip_rule.id')
    .leftJoin('public_ip', 'public_ip.id', 'ip_rule.public_ip')
    .leftJoin('nic', (join) => join.on(sql<boolean>`nic.id = coalesce(port_forwarding.nic, public_ip.static_nat_nic)`))
    .leftJoin('guest', 'guest.id', 'nic.guest')
    .where('ip_rule.purpose', '=', purpose)
    .select(['ip_rule.id', 'ip_rule.protocol', 'ip_rule.network', 'ip_rule.created'])
    .select(['ip_rule.public_ip as publicip', 'public_ip.address as publicaddress'])
    .select(['port_forwarding.private_port', 'port_forwarding.cidrs'])
    .select(['guest.id as guest', 'guest.name as guestname', 'guest.displayname as guestdisplayname'])
    .select([
      sql<number>`lower(ip_rule.ports)`.as('first'),
      sql<number>`upper(ip_rule.ports) - 1`.as('last'),
      sql<string | null>`host(coalesce(port_forwarding.guest_address, public_ip.static_nat_address, nic.address))`.as(
        'guestaddress',
      ),
      held.as('held'),
    ])
    .$castTo<ForwardingRule>()
    .orderBy('ip_rule.created')
    .orderBy('ip_rule.id')

export interface ForwardingFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly publicIp?: string | undefined
  readonly network?: string | undefined
  readonly guest?: string | undefined
  /** Part of the public or the guest's address, or of the guest's name. */
  readonly keyword?: string | undefined
}

const onlyOf = (accounts: Accounts | undefined): string | undefined =>
  Array.isArray(accounts) && accounts.length === 1 ? accounts[0] : undefined

/** As an array the addresses of one account are found first, however many joins there are. */
const isOfOne = (account: string) =>
  sql<boolean>`ip_rule.public_ip = any(array(select id from public_ip where account = ${account}))`

/** Of few rules each is looked at. */
const isNarrow = ({ accounts, ...filter }: ForwardingFilter): boolean =>
  onlyOf(accounts) !== undefined ||
  [filter.id, filter.publicIp, filter.network, filter.guest].some((one) => one !== undefined)

const isNamed = (keyword: string) => containsExactly('guest.name', keyword)

const mentions = (keyword: string) =>
  sql<boolean>`(${addressContains('public_ip.address', keyword)} or ${addressContains('nic.address', keyword)}
    or ${isNamed(keyword)})`

/**
 * Whether the text is part of the public address, or of the address or name of the guest. What it may be part of is
 * found first, each by its own index: all rules together have none.
 */
const speaksOf = (keyword: string) => {
  const nics = sql`
    select id from nic where guest is not null and ${addressContains('address', keyword)}
    union select nic.id from guest join nic on nic.guest = guest.id where ${isNamed(keyword)}`
  const addresses = sql`
    select id from public_ip where ${addressContains('address', keyword)}
    union select id from public_ip where static_nat_nic in (${nics})`
  return sql<boolean>`ip_rule.id = any(array(
    select id from ip_rule where public_ip in (${addresses})
    union select id from port_forwarding where nic in (${nics})))`
}

export const findForwardingRules = (
  db: Kysely<Database>,
  purpose: 'PortForwarding' | 'StaticNat',
  filter: ForwardingFilter,
  page: Page,
): Promise<Found<ForwardingRule>> => {
  let query = rules(db, purpose)
  const account = onlyOf(filter.accounts)
  if (filter.accounts)
    query = query.where(account === undefined ? ownedBy('ip_rule', filter.accounts) : isOfOne(account))
  if (filter.id !== undefined) query = query.where('ip_rule.id', '=', filter.id)
  if (filter.publicIp !== undefined) query = query.where('ip_rule.public_ip', '=', filter.publicIp)
  if (filter.network !== undefined) query = query.where('ip_rule.network', '=', filter.network)
  if (filter.guest !== undefined) query = query.where('guest.id', '=', filter.guest)
  if (filter.keyword) query = query.where(isNarrow(filter) ? mentions(filter.keyword) : speaksOf(filter.keyword))
  return findPage(query, page, 'ip_rule.id')
}

export const findForwardingRule = (
  db: Kysely<Database>,
  purpose: 'PortForwarding' | 'StaticNat',
  id: string,
): Promise<ForwardingRule | undefined> => rules(db, purpose).where('ip_rule.id', '=', id).executeTakeFirst()

/** The guest's nic on a network. */
export const nicOnNetwork = (db: Kysely<Database>, guest: string, network: string) =>
  db
    .selectFrom('nic')
    .select(['id', 'address'])
    .where('guest', '=', guest)
    .where('network', '=', network)
    .executeTakeFirst()

/** Whether a nic has this further address. */
export const hasFurtherAddress = async (db: Kysely<Database>, nic: string, address: string): Promise<boolean> => {
  const row = await db
    .selectFrom('nic_secondary_ip')
    .select('nic')
    .where('nic', '=', nic)
    .where('address', '=', address)
    .executeTakeFirst()
  return row !== undefined
}

/** Rules of a public address, whatever they are for. */
export const rulesOfAddress = (db: Kysely<Database>, publicIp: string) =>
  db.selectFrom('ip_rule').select(['id', 'purpose', 'network']).where('public_ip', '=', publicIp).limit(10).execute()

/** From this revision of its network on the router has the rule as it is now. */
export const setRuleRevision = async (trx: Kysely<Database>, id: string, revision: number): Promise<void> => {
  await trx.updateTable('ip_rule').set({ revision }).where('id', '=', id).execute()
}

export const insertPortForwarding = async (
  trx: Kysely<Database>,
  values: Insertable<PortForwardingTable>,
): Promise<void> => {
  await trx.insertInto('port_forwarding').values(values).execute()
}

export const updatePortForwarding = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<PortForwardingTable>,
): Promise<void> => {
  // Nothing to set is no statement.
  await trx
    .updateTable('port_forwarding')
    .set({ ...values, id })
    .where('id', '=', id)
    .execute()
}

export const deleteIpRule = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('ip_rule').where('id', '=', id).execute()
}

/** The network of a guest's nic. */
export const networkOfNic = async (db: Kysely<Database>, nic: string): Promise<string> => {
  const row = await db.selectFrom('nic').select('network').where('id', '=', nic).executeTakeFirstOrThrow()
  return row.network ?? ''
}

/**
 * The rule of this purpose with its address, network and where it leads, held until the transaction ends, as are its
 * address and its network.
 */
export const lockForwardingRule = async (
  trx: Kysely<Database>,
  purpose: 'PortForwarding' | 'StaticNat',
  id: string,
) => {
  const seen = await trx
    .selectFrom('ip_rule')
    .select(['public_ip', 'network'])
    .where('id', '=', id)
    .where('purpose', '=', purpose)
    .executeTakeFirst()
  if (seen === undefined) return undefined
  await lockInOrder(trx, { addresses: [seen.public_ip], networks: [seen.network] })
  return trx
    .selectFrom('ip_rule')
    .leftJoin('port_forwarding', 'port_forwarding.id', 'ip_rule.id')
    .select([
      'ip_rule.id',
      'ip_rule.public_ip',
      'ip_rule.network',
      'port_forwarding.nic',
      'port_forwarding.private_port',
      'port_forwarding.cidrs',
    ])
    .select([sql<number>`lower(ip_rule.ports)`.as('first'), sql<number>`upper(ip_rule.ports) - 1`.as('last')])
    .where('ip_rule.id', '=', id)
    .where('ip_rule.purpose', '=', purpose)
    .forUpdate('ip_rule')
    .executeTakeFirst()
}

/** Public addresses that lead to a guest, or of a VPC to one of its tiers: what its end changes. */
export const addressesOfGuest = async (trx: Kysely<Database>, guest: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`
    with own as (select id, network from nic where guest = ${guest})
    select id from public_ip where static_nat_nic in (select id from own)
    union
    select id from public_ip where vpc is not null and network in (select network from own)
    union
    select public_ip from ip_rule join port_forwarding rule on rule.id = ip_rule.id
      where rule.nic in (select id from own)`.execute(trx)
  return rows.map(({ id }) => id)
}

/**
 * Which tier an address of a VPC leads to, as its rules and its one to one guest say: none when they lead to several.
 * An isolated network's address stays the network's.
 */
export const settleAddress = async (trx: Kysely<Database>, publicIp: string): Promise<void> => {
  await sql`
    update public_ip set network = (
      select case when count(distinct target) = 1 then min(target::text)::uuid end
      from (
        select ip_rule.network as target from ip_rule where ip_rule.public_ip = ${publicIp} and ip_rule.network is not null
        union
        select nic.network from nic where nic.id = public_ip.static_nat_nic) as targets)
    where id = ${publicIp} and vpc is not null`.execute(trx)
}

/** A row of the router's spec. */
export interface SpecForward {
  readonly id: string
  readonly publicip: string
  readonly protocol: 'tcp' | 'udp'
  readonly first: number
  readonly last: number
  readonly private_port: number
  readonly nic: string
  /** A further address of the nic; null: its first. */
  readonly guest_address: string | null
  readonly cidrs: string[]
}

/** Port forwarding to these networks, in an order that a new rule does not change. */
export const forwardsOfNetworks = async (db: Kysely<Database>, networks: readonly string[]): Promise<SpecForward[]> => {
  const { rows } = await sql<SpecForward>`
    select ip_rule.id, ip_rule.public_ip as publicip, ip_rule.protocol, lower(ip_rule.ports) as first,
           upper(ip_rule.ports) - 1 as last, port_forwarding.private_port, port_forwarding.nic,
           host(port_forwarding.guest_address) as guest_address, port_forwarding.cidrs
    from ip_rule
    join port_forwarding on port_forwarding.id = ip_rule.id
    join public_ip on public_ip.id = ip_rule.public_ip
    where ip_rule.network = any(${[...networks]}::uuid[])
    order by public_ip.address, ip_rule.protocol, lower(ip_rule.ports)`.execute(db)
  return rows
}
