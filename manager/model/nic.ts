import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { NicDhcpOption } from './schema/guestservices.ts'
import type { Database, NicTable } from './schema.ts'

export type Nic = Selectable<NicTable> & {
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
  readonly secondaryips: readonly { readonly id: string; readonly ipaddress: string }[]
}

const side6 = (column: 'ip6cidr' | 'ip6gateway') =>
  sql`(select ${sql.ref(column)} from vlan_side6 where vlan_side6.range = public_ip.range)`

/** Of guests none has a public side, which the planner is told, lest it reads all public addresses. */
const nics = (db: Kysely<Database>, of: 'guests' | 'routers') =>
  db
    .selectFrom('nic')
    .leftJoin('network', 'network.id', 'nic.network')
    .leftJoin('public_ip', (join) => join.onRef('public_ip.id', '=', 'nic.public_ip').on(sql.lit(of === 'routers')))
    .leftJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .selectAll('nic')
    .select([
      'network.name as networkname',
      'network.vni',
      'network.cidr',
      sql<
        Nic['networktype']
      >`case when network.id is null then null when network.cidr is null then 'L2' else 'Isolated' end`.as(
        'networktype',
      ),
      sql<string | null>`coalesce(network.gateway, vlan_range.gateway)`.as('gatewayaddress'),
      'public_ip.address as publicaddress',
      'vlan_range.netmask as publicnetmask',
      'public_ip.is_source_nat as sourcenat',
      sql<number | null>`(select default_device from guest where guest.id = nic.guest)`.as('defaultdevice'),
      sql<string | null>`coalesce(network.ip6cidr, ${side6('ip6cidr')})::text`.as('ip6cidr'),
      sql<string | null>`host(coalesce(network.ip6gateway, ${side6('ip6gateway')}))`.as('ip6gateway'),
      sql<Nic['secondaryips']>`(select coalesce(json_agg(json_build_object('id', further.id,
        'ipaddress', host(further.address)) order by further.created, further.id), '[]')
        from nic_secondary_ip further where further.nic = nic.id)`.as('secondaryips'),
    ])
    .orderBy('nic.device')

export const findNics = async (
  db: Kysely<Database>,
  of: { readonly guests: readonly string[] } | { readonly routers: readonly string[] },
): Promise<Nic[]> => {
  const [column, whose, ids] =
    'guests' in of ? (['nic.guest', 'guests', of.guests] as const) : (['nic.router', 'routers', of.routers] as const)
  return ids.length === 0
    ? []
    : nics(db, whose)
        .where(column, '=', sql<string>`any(${[...ids]}::uuid[])`)
        // What a guest's machine is about to lose is no longer its.
        .where((eb) => eb.or([eb('nic.guest', 'is', null), eb('nic.leaving', '=', false)]))
        .execute()
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
