import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { type Found, findPage, type Page } from './page.ts'
import type { BgpPeerTable } from './schema/routing.ts'
import type { Database } from './schema.ts'

export type BgpPeer = Selectable<BgpPeerTable> & { readonly zonename: string }

/** Whose peers: an isolated network or a VPC. */
export interface PeerScope {
  readonly kind: 'network' | 'vpc'
  readonly id: string
}

const peers = (db: Kysely<Database>) =>
  db
    .selectFrom('bgp_peer')
    .leftJoin('zone', 'zone.id', 'bgp_peer.zone')
    .selectAll('bgp_peer')
    .select('zone.name as zonename')
    .$castTo<BgpPeer>()
    .orderBy('bgp_peer.created')
    .orderBy('bgp_peer.id')

export interface BgpPeerFilter {
  readonly id?: string | undefined
  readonly zone?: string | undefined
  readonly asnumber?: number | undefined
  readonly dedicated?: boolean | undefined
  /** Part of an address. */
  readonly keyword?: string | undefined
}

export const findBgpPeers = (db: Kysely<Database>, filter: BgpPeerFilter, page: Page): Promise<Found<BgpPeer>> => {
  let query = peers(db)
  if (filter.id !== undefined) query = query.where('bgp_peer.id', '=', filter.id)
  if (filter.zone !== undefined) query = query.where('bgp_peer.zone', '=', filter.zone)
  if (filter.asnumber !== undefined) query = query.where('bgp_peer.asnumber', '=', String(filter.asnumber))
  if (filter.dedicated !== undefined) query = query.where('bgp_peer.dedicated', '=', filter.dedicated)
  if (filter.keyword)
    query = query.where(
      sql<boolean>`position(${filter.keyword} in coalesce(host(ipaddress), '') || ' ' || coalesce(host(ip6address), '')) > 0`,
    )
  return findPage(query, page, 'bgp_peer.id')
}

export const findBgpPeer = (db: Kysely<Database>, id: string): Promise<BgpPeer | undefined> =>
  peers(db).where('bgp_peer.id', '=', id).executeTakeFirst()

/** The row, held until the transaction ends. */
export const lockBgpPeer = (trx: Kysely<Database>, id: string): Promise<Selectable<BgpPeerTable> | undefined> =>
  trx.selectFrom('bgp_peer').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const insertBgpPeer = (trx: Kysely<Database>, values: Insertable<BgpPeerTable>) =>
  trx.insertInto('bgp_peer').values(values).execute()

export const updateBgpPeerRow = (trx: Kysely<Database>, id: string, values: Updateable<BgpPeerTable>) =>
  trx
    .updateTable('bgp_peer')
    .set({ id, ...values })
    .where('id', '=', id)
    .execute()

/** Who names the peer keeps it: SYSVM_IN_USE by the foreign key. */
export const deleteBgpPeerRow = (trx: Kysely<Database>, id: string) =>
  trx.deleteFrom('bgp_peer').where('id', '=', id).execute()

/** Replaces the peers that a network or VPC names; none: those of its zone. */
export const setPeersOf = async (trx: Kysely<Database>, { kind, id }: PeerScope, ids: readonly string[]) => {
  await trx.deleteFrom('bgp_peer_scope').where(kind, '=', id).execute()
  if (ids.length > 0)
    await trx
      .insertInto('bgp_peer_scope')
      .values(ids.map((peer) => ({ peer, network: kind === 'network' ? id : null, vpc: kind === 'vpc' ? id : null })))
      .execute()
}

/** Networks and VPCs of the zone whose routers speak BGP, in the order in which they are locked. */
export const dynamicScopes = async (trx: Kysely<Database>, zone: string): Promise<readonly PeerScope[]> => {
  const { rows } = await sql<PeerScope>`
    select 'network' as kind, network.id from network
    join network_offering on network_offering.id = network.offering
    where network.zone = ${zone} and network.vpc is null and network.state <> 'Destroy'
      and network_offering.routingmode = 'Dynamic'
    union all
    select 'vpc', vpc.id from vpc
    join vpc_offering on vpc_offering.id = vpc.offering
    where vpc.zone = ${zone} and vpc_offering.routingmode = 'Dynamic'
    order by 1, 2`.execute(trx)
  return rows
}
