import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import type { Accounts } from './among.ts'
import { contains } from './contains.ts'
import { lockInOrder } from './lock.ts'
import { ownedBy } from './ownership.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { Database, NetworkTable } from './schema.ts'
import { reviseVpc } from './vpc.ts'

export type Network = Selectable<NetworkTable> & {
  readonly zonename: string
  readonly dns1: string
  readonly dns2: string | null
  readonly offeringname: string
  readonly guestiptype: 'Isolated' | 'L2'
  readonly offeringtext: string
  readonly services: Record<string, string[]>
  readonly egressdefaultpolicy: boolean
  readonly networkmode: 'NATTED' | 'ROUTED'
  readonly routingmode: 'Static' | 'Dynamic' | null
  readonly internetprotocol: 'IPv4' | 'DualStack' | 'IPv6'
  readonly networkrate: number | null
  readonly conservemode: boolean
  readonly capabilities: Record<string, Record<string, string>>
  readonly vpcname: string | null
  readonly aclname: string | null
  /** Of its router on the public side, as far as there is one and its range has IPv6. */
  readonly routeraddress6: string | null
  readonly routermac: string | null
  readonly publicip6cidr: string | null
}

/** Something of the first public nic of the network's router, where its range has IPv6; asked for dual stack only. */
const outside = (what: string) => sql<string | null>`case when network.ip6cidr is null then null else (
  select ${sql.raw(what)} from router
    join nic on nic.router = router.id and nic.role = 'public'
    join public_ip on public_ip.id = nic.public_ip
    join vlan_side6 side on side.range = public_ip.range
    where router.network = network.id or router.vpc = network.vpc
    order by nic.device limit 1) end`

/** What an offering says at length: networks share it. */
type Said = 'services' | 'capabilities'

// Left joins though nothing is missing: the planner drops those that a count does not need.
const rows = (db: Kysely<Database>) =>
  db
    .selectFrom('network')
    .leftJoin('zone', 'zone.id', 'network.zone')
    .leftJoin('network_offering', 'network_offering.id', 'network.offering')
    .leftJoin('vpc', 'vpc.id', 'network.vpc')
    .leftJoin('network_acl_list', 'network_acl_list.id', 'network.acl')
    .selectAll('network')
    .select([
      'zone.name as zonename',
      sql<string>`coalesce(network.dns1, vpc.dns1, zone.dns1)`.as('dns1'),
      sql<string | null>`case when network.dns1 is not null then network.dns2
        when vpc.dns1 is not null then vpc.dns2 else zone.dns2 end`.as('dns2'),
      sql<string | null>`coalesce(network.ip6dns1, vpc.ip6dns1)`.as('ip6dns1'),
      sql<string | null>`case when network.ip6dns1 is not null then network.ip6dns2 else vpc.ip6dns2 end`.as('ip6dns2'),
      'network_offering.name as offeringname',
      'network_offering.displaytext as offeringtext',
      'network_offering.guestiptype',
      'network_offering.egressdefaultpolicy',
      'network_offering.networkmode',
      'network_offering.routingmode',
      'network_offering.internetprotocol',
      'network_offering.networkrate',
      'network_offering.conservemode',
      // A tier has the routers of its VPC.
      sql<boolean>`network.redundant or coalesce(vpc.redundant, false)`.as('redundant'),
      'vpc.name as vpcname',
      'network_acl_list.name as aclname',
      outside('host(nic.address6)').as('routeraddress6'),
      outside('nic.mac::text').as('routermac'),
      outside('side.ip6cidr::text').as('publicip6cidr'),
    ])
    .$castTo<Omit<Network, Said>>()
    .orderBy('network.created')
    .orderBy('network.id')

const networks = (db: Kysely<Database>) =>
  rows(db).select(['network_offering.services', 'network_offering.capabilities']).$castTo<Network>()

/** The same rows with what their offerings say, which is read once for each offering and not sent with each network. */
const withOfferings = async (db: Kysely<Database>, found: readonly Omit<Network, Said>[]): Promise<Network[]> => {
  const ids = [...new Set(found.map(({ offering }) => offering))]
  if (ids.length === 0) return []
  const offerings = await db
    .selectFrom('network_offering')
    .select(['id', 'services', 'capabilities'])
    .where('id', 'in', ids)
    .execute()
  const said = new Map(offerings.map(({ id, services, capabilities }) => [id, { services, capabilities }]))
  return found.map((row) => Object.assign(row, said.get(row.offering) ?? { services: {}, capabilities: {} }))
}

export interface NetworkFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly zone?: string | undefined
  readonly physicalNetwork?: string | undefined
  readonly offering?: string | undefined
  readonly type?: string | undefined
  readonly vni?: number | undefined
  readonly restartRequired?: boolean | undefined
  readonly vpc?: string | undefined
  readonly forvpc?: boolean | undefined
  /** Of the offering, all of these. */
  readonly services?: readonly string[] | undefined
}

export const findNetworks = async (
  db: Kysely<Database>,
  filter: NetworkFilter,
  page: Page,
): Promise<Found<Network>> => {
  let query = rows(db)
  if (filter.accounts) query = query.where(ownedBy('network', filter.accounts))
  if (filter.id !== undefined) query = query.where('network.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('network.name', '=', filter.name)
  if (filter.keyword) query = query.where(contains(['network.name'], filter.keyword))
  if (filter.zone !== undefined) query = query.where('network.zone', '=', filter.zone)
  if (filter.physicalNetwork !== undefined) query = query.where('network.physical_network', '=', filter.physicalNetwork)
  if (filter.offering !== undefined) query = query.where('network.offering', '=', filter.offering)
  if (filter.type !== undefined) query = query.where('network.cidr', filter.type === 'L2' ? 'is' : 'is not', null)
  if (filter.vni !== undefined) query = query.where('network.vni', '=', filter.vni)
  if (filter.vpc !== undefined) query = query.where('network.vpc', '=', filter.vpc)
  if (filter.forvpc !== undefined) query = query.where('network.vpc', filter.forvpc ? 'is not' : 'is', null)
  for (const service of filter.services ?? [])
    query = query.where(
      sql<boolean>`network.offering in (select id from network_offering where services ? ${service}::text)`,
    )
  if (filter.restartRequired !== undefined)
    query = query.where(
      filter.restartRequired
        ? sql<boolean>`network.restarts_wanted > network.restarts_done`
        : sql<boolean>`network.restarts_wanted = network.restarts_done`,
    )
  const found = await findPage(query, page, 'network.id')
  return { count: found.count, rows: await withOfferings(db, found.rows) }
}

/** The tiers of VPCs, for their lists. */
export const findTiers = async (db: Kysely<Database>, vpcs: readonly string[]): Promise<Network[]> =>
  vpcs.length === 0
    ? []
    : networks(db)
        .where('network.vpc', 'in', [...vpcs])
        .execute()

export const findNetwork = (db: Kysely<Database>, id: string): Promise<Network | undefined> =>
  networks(db).where('network.id', '=', id).executeTakeFirst()

/** The row, held until the transaction ends. Several networks are locked in the order of their ids. */
export const lockNetwork = (trx: Kysely<Database>, id: string): Promise<Selectable<NetworkTable> | undefined> =>
  trx.selectFrom('network').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const insertNetwork = async (trx: Kysely<Database>, values: Insertable<NetworkTable>): Promise<string> =>
  (await trx.insertInto('network').values(values).returning('id').executeTakeFirstOrThrow()).id

/**
 * Changes the network and raises its revision, and its VPC's: its router's spec must be computed again. Returns the
 * network's revision.
 */
export const reviseNetwork = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<NetworkTable> = {},
): Promise<number | undefined> => {
  const row = await trx
    .updateTable('network')
    .set({ ...values, revision: sql`revision + 1` })
    .where('id', '=', id)
    .returning(['revision', 'vpc'])
    .executeTakeFirst()
  if (row?.vpc) await reviseVpc(trx, row.vpc)
  return row?.revision
}

/** The same for several networks: all of them are held before the first VPC, whoever else wants some of them. */
export const reviseNetworks = async (trx: Kysely<Database>, ids: readonly string[]): Promise<void> => {
  await lockInOrder(trx, { networks: ids })
  const { rows } = await sql<{ vpc: string | null }>`
    update network set revision = revision + 1 where id = any(${[...ids]}::uuid[]) returning vpc`.execute(trx)
  const vpcs = new Set(rows.flatMap(({ vpc }) => (vpc === null ? [] : [vpc])))
  for (const vpc of [...vpcs].toSorted()) await reviseVpc(trx, vpc)
}

/** Raises the revision of all networks and VPCs of a zone; the networks' ids. */
export const reviseZoneNetworks = async (trx: Kysely<Database>, zone: string): Promise<string[]> => {
  const networks = trx.selectFrom('network').select('id').where('zone', '=', zone).where('state', '!=', 'Destroy')
  const ids = (await networks.orderBy('id').execute()).map(({ id }) => id)
  await lockInOrder(trx, { networks: ids })
  await sql`update network set revision = revision + 1 where id = any(${ids}::uuid[])`.execute(trx)
  const vpcs = await trx.selectFrom('vpc').select('id').where('zone', '=', zone).orderBy('id').forUpdate().execute()
  for (const { id } of vpcs) await reviseVpc(trx, id)
  return ids
}

/** Guests with a nic on the network, those that wait to be expunged included. */
export const guestsOfNetwork = async (db: Kysely<Database>, id: string): Promise<number> => {
  const { count } = await db
    .selectFrom('nic')
    .where('network', '=', id)
    .where('guest', 'is not', null)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** A physical network that carries a type of traffic; the oldest when several do. */
const carrying = (
  db: Kysely<Database>,
  traffictype: 'Public' | 'Guest',
  where: { readonly zone?: string | undefined; readonly physicalNetwork?: string | undefined },
) => {
  let query = db
    .selectFrom('physical_network')
    .innerJoin('traffic_type', 'traffic_type.physical_network', 'physical_network.id')
    .selectAll('physical_network')
    .where('traffic_type.traffictype', '=', traffictype)
    .orderBy('physical_network.created')
  if (where.zone !== undefined) query = query.where('physical_network.zone', '=', where.zone)
  if (where.physicalNetwork !== undefined) query = query.where('physical_network.id', '=', where.physicalNetwork)
  return query
}

interface Place {
  readonly zone?: string | undefined
  readonly physicalNetwork?: string | undefined
}

export const publicNetworkOf = (db: Kysely<Database>, where: Place) => carrying(db, 'Public', where).executeTakeFirst()

export const guestNetworkOf = (db: Kysely<Database>, where: Place) =>
  carrying(db, 'Guest', where).where('physical_network.state', '=', 'Enabled').executeTakeFirst()

interface Overlap {
  readonly what: string
  readonly cidr: string
}

/** A guest network, VPC or private gateway of the zone that overlaps the CIDR. */
export const networksOverlapping = async (
  db: Kysely<Database>,
  zone: string,
  cidr: string,
): Promise<Overlap | undefined> => {
  const { rows } = await sql<Overlap>`
    select 'the guest network ' || name as what, cidr::text from network where zone = ${zone} and cidr && ${cidr}::cidr
    union all
    select 'the VPC ' || name, cidr::text from vpc where zone = ${zone} and cidr && ${cidr}::cidr
    union all
    select 'the private gateway ' || host(address), host(address & netmask) from private_gateway
      join vpc on vpc.id = private_gateway.vpc
      where vpc.zone = ${zone} and (host(address & netmask)::inet <<= ${cidr}::cidr
        or host(address & netmask) = host(host(${cidr}::cidr)::inet & host(netmask)::inet))
    limit 1`.execute(db)
  return rows[0]
}
