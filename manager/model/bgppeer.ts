import { type Insertable, type Kysely, type RawBuilder, type Selectable, sql, type Updateable } from 'kysely'
import { isDedicatedTo, isDedicatedToNobody } from './dedication.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { BgpPeerTable } from './schema/routing.ts'
import type { Database } from './schema.ts'

export type BgpPeer = Selectable<BgpPeerTable> & {
  readonly zonename: string
  /** Of a dedicated one: its account, or its project, and the domain. */
  readonly accountname: string | null
  readonly project: string | null
  readonly projectname: string | null
  readonly ofdomain: string | null
  readonly domainname: string | null
}

/** Whose peers: an isolated network or a VPC. */
export interface PeerScope {
  readonly kind: 'network' | 'vpc'
  readonly id: string
}

const peers = (db: Kysely<Database>) =>
  db
    .selectFrom('bgp_peer')
    .leftJoin('zone', 'zone.id', 'bgp_peer.zone')
    .leftJoin('account', 'account.id', 'bgp_peer.account')
    .leftJoin('project', 'project.account', 'bgp_peer.account')
    .leftJoin('domain', (join) => join.on(sql<boolean>`domain.id = coalesce(bgp_peer.domain, account.domain)`))
    .selectAll('bgp_peer')
    .select([
      'zone.name as zonename',
      sql<string | null>`case when project.id is null then account.name end`.as('accountname'),
      'project.id as project',
      'project.name as projectname',
      'domain.id as ofdomain',
      'domain.name as domainname',
    ])
    .$castTo<BgpPeer>()
    .orderBy('bgp_peer.created')
    .orderBy('bgp_peer.id')

export interface BgpPeerFilter {
  readonly id?: string | undefined
  readonly zone?: string | undefined
  readonly asnumber?: number | undefined
  readonly dedicated?: boolean | undefined
  /** Only what is dedicated to this account. */
  readonly account?: string | undefined
  /** Only what is dedicated to this domain or to an account of it. */
  readonly domain?: string | undefined
  /** Part of an address. */
  readonly keyword?: string | undefined
}

export const findBgpPeers = (db: Kysely<Database>, filter: BgpPeerFilter, page: Page): Promise<Found<BgpPeer>> => {
  let query = peers(db)
  if (filter.id !== undefined) query = query.where('bgp_peer.id', '=', filter.id)
  if (filter.zone !== undefined) query = query.where('bgp_peer.zone', '=', filter.zone)
  if (filter.asnumber !== undefined) query = query.where('bgp_peer.asnumber', '=', String(filter.asnumber))
  if (filter.dedicated !== undefined) query = query.where('bgp_peer.dedicated', '=', filter.dedicated)
  if (filter.account !== undefined) query = query.where('bgp_peer.account', '=', filter.account)
  if (filter.domain !== undefined) query = query.where('domain.id', '=', filter.domain)
  if (filter.keyword)
    query = query.where(
      sql<boolean>`position(${filter.keyword} in coalesce(host(ipaddress), '') || ' ' || coalesce(host(ip6address), '')) > 0`,
    )
  return findPage(query, page, 'bgp_peer.id')
}

export const findBgpPeer = (db: Kysely<Database>, id: string): Promise<BgpPeer | undefined> =>
  peers(db).where('bgp_peer.id', '=', id).executeTakeFirst()

/** Account of a network or VPC. */
export const accountOfScope = (scope: PeerScope): RawBuilder<string> =>
  sql<string>`(select scope.account from ${sql.table(scope.kind)} scope where scope.id = ${scope.id})`

/** Those of the peers that are dedicated to others than who has the network or VPC; the peers are held. */
export const peersOfOthers = async (
  trx: Kysely<Database>,
  scope: PeerScope,
  ids: readonly string[],
): Promise<readonly string[]> => {
  if (ids.length === 0) return []
  const { rows } = await sql<{ id: string }>`select id from bgp_peer
    where id = any(${[...ids]}::uuid[]) and not ${isDedicatedToNobody('bgp_peer')}
      and ${isDedicatedTo('bgp_peer', accountOfScope(scope))} is not true`.execute(trx)
  return rows.map(({ id }) => id)
}

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
