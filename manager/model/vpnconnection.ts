import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { Accounts } from './among.ts'
import { servingRouter } from './held.ts'
import { ownedBy } from './ownership.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { TunnelState, VpnConnectionTable, VpnCustomerGatewayTable } from './schema/vpn.ts'
import type { Database } from './schema.ts'

export type VpnConnectionState = TunnelState | 'Pending'

type Peer = Omit<Selectable<VpnCustomerGatewayTable>, 'id' | 'created'>

export type VpnConnection = Selectable<VpnConnectionTable> &
  Peer & {
    readonly vpc: string
    /** Its own gateway's address. */
    readonly publicip: string
    readonly shown: VpnConnectionState
  }

/** Pending until its router has it; one whose router does not run is down, whatever that told last. */
const shown = sql<VpnConnectionState>`case
  when router.revision is null or router.revision < vpn_connection.revision then 'Pending'
  when router.state <> 'Running' then 'Disconnected'
  else vpn_connection.state end`

const connections = (db: Kysely<Database>) =>
  db
    .selectFrom('vpn_connection')
    .innerJoin('vpn_gateway', 'vpn_gateway.id', 'vpn_connection.vpn_gateway')
    .innerJoin('vpn_customer_gateway as peer', 'peer.id', 'vpn_connection.customer_gateway')
    .leftJoin('router', (join) => join.on('router.id', '=', servingRouter('vpn_gateway.vpc')))
    .innerJoin('ip_rule', 'ip_rule.id', 'vpn_gateway.rule')
    .innerJoin('public_ip', 'public_ip.id', 'ip_rule.public_ip')
    .selectAll('vpn_connection')
    .select(['peer.account', 'peer.name', 'peer.gateway', 'peer.cidrlist', 'peer.ipsecpsk', 'peer.ikepolicy'])
    .select(['peer.esppolicy', 'peer.ikelifetime', 'peer.esplifetime', 'peer.dpd', 'peer.forceencap'])
    .select(['peer.splitconnections', 'peer.ikeversion', 'vpn_gateway.vpc'])
    .select([sql<string>`host(public_ip.address)`.as('publicip'), shown.as('shown')])
    .orderBy('vpn_connection.created')
    .orderBy('vpn_connection.id')

export interface VpnConnectionFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly vpc?: string | undefined
  readonly gateway?: string | undefined
  readonly customerGateway?: string | undefined
  /** Part of the customer gateway's name. */
  readonly keyword?: string | undefined
}

export const findVpnConnections = (
  db: Kysely<Database>,
  filter: VpnConnectionFilter,
  page: Page,
): Promise<Found<VpnConnection>> => {
  let query = connections(db)
  if (filter.accounts) query = query.where(ownedBy('vpn_connection', filter.accounts))
  if (filter.id !== undefined) query = query.where('vpn_connection.id', '=', filter.id)
  if (filter.vpc !== undefined) query = query.where('vpn_gateway.vpc', '=', filter.vpc)
  if (filter.gateway !== undefined) query = query.where('vpn_gateway.id', '=', filter.gateway)
  if (filter.customerGateway !== undefined) query = query.where('peer.id', '=', filter.customerGateway)
  if (filter.keyword) query = query.where('peer.name', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}

export const findVpnConnection = (db: Kysely<Database>, id: string): Promise<VpnConnection | undefined> =>
  connections(db).where('vpn_connection.id', '=', id).executeTakeFirst()

export const insertVpnConnection = async (
  trx: Kysely<Database>,
  values: Insertable<VpnConnectionTable>,
): Promise<string> =>
  (await trx.insertInto('vpn_connection').values(values).returning('id').executeTakeFirstOrThrow()).id

export const deleteVpnConnectionRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('vpn_connection').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

/** What is set up anew calls its peer, or waits for it: no change to one that waited. */
export const stateAnew = sql<TunnelState>`case when vpn_connection.passive then 'Disconnected' else 'Connecting' end`

/** Its tunnel is torn down and set up anew by the router that has this revision of the VPC. */
export const resetVpnConnectionRow = async (trx: Kysely<Database>, id: string, revision: number): Promise<void> => {
  await trx
    .updateTable('vpn_connection')
    .set({ resets: sql`resets + 1`, revision, state: stateAnew, reason: null })
    .where('id', '=', id)
    .execute()
}

/** VPCs with a tunnel to it, in the order in which they are held. */
export const vpcsOfCustomerGateway = async (trx: Kysely<Database>, id: string): Promise<readonly string[]> => {
  const rows = await trx
    .selectFrom('vpn_connection')
    .innerJoin('vpn_gateway', 'vpn_gateway.id', 'vpn_connection.vpn_gateway')
    .select('vpn_gateway.vpc')
    .where('customer_gateway', '=', id)
    .orderBy('vpn_gateway.vpc')
    .execute()
  return rows.map(({ vpc }) => vpc)
}

export interface RemoteEnd {
  readonly id: string
  /** Id, name and address of the customer gateway. */
  readonly customer: string
  readonly name: string
  readonly gateway: string
  readonly cidrlist: readonly string[]
}

/** Peers of a VPC, and the networks behind them. */
export const remoteEndsOf = (trx: Kysely<Database>, vpc: string): Promise<RemoteEnd[]> =>
  trx
    .selectFrom('vpn_connection')
    .innerJoin('vpn_gateway', 'vpn_gateway.id', 'vpn_connection.vpn_gateway')
    .innerJoin('vpn_customer_gateway as peer', 'peer.id', 'vpn_connection.customer_gateway')
    .select(['vpn_connection.id', 'peer.id as customer', 'peer.name', 'peer.gateway', 'peer.cidrlist'])
    .where('vpn_gateway.vpc', '=', vpc)
    .orderBy('vpn_connection.created')
    .execute()
