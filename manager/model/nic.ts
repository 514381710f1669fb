import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { NicDhcpOption } from './schema/guestservices.ts'
import type { Database, NicTable } from './schema.ts'

/** What is shown of its own row. */
const shown = [
  'id',
  'guest',
  'router',
  'network',
  'role',
  'device',
  'mac',
  'address',
  'gateway',
  'netmask',
  'dhcp_options',
  'address6',
] as const

/** A nic as lists show it. */
export type Nic = Pick<Selectable<NicTable>, (typeof shown)[number]> & {
  readonly networkname: string | null
  readonly vni: number | null
  readonly cidr: string | null
  /** Of a guest's or a router's nic in a network of guests. */
  readonly networktype: 'Isolated' | 'L2' | null
  /** The network's, for guests; the range's, on the public side. */
  readonly gatewayaddress: string | null
  readonly publicaddress: string | null
  readonly publicnetmask: string | null
  /** Of the public side: whether its own address is the one that guests leave by. */
  readonly sourcenat: boolean | null
  /** Of a guest: the device of its default nic. */
  readonly defaultdevice: number | null
  readonly ip6cidr: string | null
  readonly ip6gateway: string | null
  readonly secondaryips: readonly SecondaryIp[]
}

interface SecondaryIp {
  readonly id: string
  readonly ipaddress: string
}

const nics = (db: Kysely<Database>) =>
  db
    .selectFrom('nic')
    .leftJoin('network', 'network.id', 'nic.network')
    .select(shown.map((column) => `nic.${column}` as const))
    .select([
      'network.name as networkname',
      'network.vni',
      'network.cidr',
      sql<
        Nic['networktype']
      >`case when network.id is null then null when network.cidr is null then 'L2' else 'Isolated' end`.as(
        'networktype',
      ),
    ])
    .orderBy('nic.device')

const side6 = (column: 'ip6cidr' | 'ip6gateway') =>
  sql`(select ${sql.ref(column)} from vlan_side6 where vlan_side6.range = public_ip.range)`

const nicsOfRouters = async (db: Kysely<Database>, routers: readonly string[]): Promise<Nic[]> => {
  const rows = await nics(db)
    .leftJoin('public_ip', 'public_ip.id', 'nic.public_ip')
    .leftJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select([
      sql<string | null>`coalesce(network.gateway, vlan_range.gateway)`.as('gatewayaddress'),
      'public_ip.address as publicaddress',
      'vlan_range.netmask as publicnetmask',
      'public_ip.is_source_nat as sourcenat',
      sql<string | null>`coalesce(network.ip6cidr, ${side6('ip6cidr')})::text`.as('ip6cidr'),
      sql<string | null>`host(coalesce(network.ip6gateway, ${side6('ip6gateway')}))`.as('ip6gateway'),
    ])
    .where('nic.router', '=', sql<string>`any(${routers}::uuid[])`)
    // It is the routers' own.
    .where('nic.role', '<>', 'link')
    .execute()
  return rows.map((row) => ({ ...row, defaultdevice: null, secondaryips: [] }))
}

const NO_PUBLIC_SIDE = { publicaddress: null, publicnetmask: null, sourcenat: null }

/** Null for the most, which have none. */
const secondaryIps = sql<readonly SecondaryIp[] | null>`(
  select json_agg(json_build_object('id', further.id, 'ipaddress', host(further.address))
    order by further.created, further.id)
  from nic_secondary_ip further where further.nic = nic.id)`.as('further')

const nicsOfGuests = async (db: Kysely<Database>, guests: readonly string[]): Promise<Nic[]> => {
  const rows = await nics(db)
    .innerJoin('guest', 'guest.id', 'nic.guest')
    .select([
      'network.gateway as gatewayaddress',
      'guest.default_device as defaultdevice',
      sql<string | null>`network.ip6cidr::text`.as('ip6cidr'),
      sql<string | null>`host(network.ip6gateway)`.as('ip6gateway'),
      secondaryIps,
    ])
    .where('nic.guest', '=', sql<string>`any(${guests}::uuid[])`)
    // What its machine is about to lose is no longer its.
    .where('nic.leaving', '=', false)
    .execute()
  return rows.map((row) => Object.assign(row, NO_PUBLIC_SIDE, { secondaryips: row.further ?? [] }))
}

export const findNics = async (
  db: Kysely<Database>,
  of: { readonly guests: readonly string[] } | { readonly routers: readonly string[] },
): Promise<Nic[]> => {
  if ('guests' in of) return of.guests.length === 0 ? [] : nicsOfGuests(db, of.guests)
  return of.routers.length === 0 ? [] : nicsOfRouters(db, of.routers)
}

/** Whose nic it is; undefined when it is no guest's. */
export const guestOfNic = async (db: Kysely<Database>, id: string): Promise<string | undefined> =>
  (await db.selectFrom('nic').select('guest').where('id', '=', id).executeTakeFirst())?.guest ?? undefined

/** The nic, held with its network until the transaction ends: addresses of the network are given by one at a time. */
export const lockGuestNic = async (trx: Kysely<Database>, id: string): Promise<Selectable<NicTable> | undefined> => {
  const nic = await trx
    .selectFrom('nic')
    .selectAll()
    .where('id', '=', id)
    .where('guest', 'is not', null)
    .executeTakeFirst()
  if (nic?.network) await trx.selectFrom('network').select('id').where('id', '=', nic.network).forUpdate().execute()
  return trx.selectFrom('nic').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export const insertNic = async (trx: Kysely<Database>, values: Insertable<NicTable>): Promise<void> => {
  await trx.insertInto('nic').values(values).execute()
}

/** What leads to the nic from outside: a public address, a rule; undefined when nothing does. */
export const leadingTo = async (trx: Kysely<Database>, nic: string): Promise<string | undefined> => {
  const { rows } = await sql<{ what: string }>`
    select 'the public address ' || host(address) || ' (' || id || ') by static NAT' as what from public_ip
      where static_nat_nic = ${nic}
    union all select 'the port forwarding ' || id from port_forwarding where nic = ${nic}
    union all select 'the load balancer rule ' || rule from load_balancer_member where nic = ${nic}
    limit 1`.execute(trx)
  return rows[0]?.what
}

/** The nic leaves its machine, then its row and address go. */
export const markLeaving = async (trx: Kysely<Database>, nic: string): Promise<void> => {
  await trx.updateTable('nic').set({ leaving: true }).where('id', '=', nic).execute()
}

/** A guest's own DHCP options on one of its networks. */
export const setDhcpOptions = async (
  trx: Kysely<Database>,
  guest: string,
  network: string,
  options: readonly NicDhcpOption[],
): Promise<void> => {
  await trx
    .updateTable('nic')
    .set({ dhcp_options: JSON.stringify(options) })
    .where('guest', '=', guest)
    .where('network', '=', network)
    .execute()
}
