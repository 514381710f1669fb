import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { Accounts } from './among.ts'
import { ownedBy } from './ownership.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { VpnGatewayTable } from './schema/vpn.ts'
import type { Database } from './schema.ts'

export type VpnGateway = Selectable<VpnGatewayTable> & {
  readonly vpcname: string
  /** Whose it is. */
  readonly account: string
  /** Its public address, and that one's id. */
  readonly publicip: string
  readonly publicipid: string
}

const gateways = (db: Kysely<Database>) =>
  db
    .selectFrom('vpn_gateway')
    .innerJoin('vpc', 'vpc.id', 'vpn_gateway.vpc')
    .innerJoin('ip_rule', 'ip_rule.id', 'vpn_gateway.rule')
    .innerJoin('public_ip', 'public_ip.id', 'ip_rule.public_ip')
    .selectAll('vpn_gateway')
    .select(['vpc.name as vpcname', 'vpc.account', 'public_ip.id as publicipid'])
    .select(sql<string>`host(public_ip.address)`.as('publicip'))
    .orderBy('vpn_gateway.created')
    .orderBy('vpn_gateway.id')

export interface VpnGatewayFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly vpc?: string | undefined
  /** Part of the public address. */
  readonly keyword?: string | undefined
}

export const findVpnGateways = (
  db: Kysely<Database>,
  filter: VpnGatewayFilter,
  page: Page,
): Promise<Found<VpnGateway>> => {
  let query = gateways(db)
  if (filter.accounts) query = query.where(ownedBy('vpn_gateway', filter.accounts))
  if (filter.id !== undefined) query = query.where('vpn_gateway.id', '=', filter.id)
  if (filter.vpc !== undefined) query = query.where('vpn_gateway.vpc', '=', filter.vpc)
  if (filter.keyword) query = query.where(sql<boolean>`host(public_ip.address) like ${anywhere(filter.keyword)}`)
  return findPage(query, page)
}

export const findVpnGateway = (db: Kysely<Database>, id: string): Promise<VpnGateway | undefined> =>
  gateways(db).where('vpn_gateway.id', '=', id).executeTakeFirst()

/** The one that a VPC has. */
export const findVpnGatewayOf = (db: Kysely<Database>, vpc: string): Promise<VpnGateway | undefined> =>
  gateways(db).where('vpn_gateway.vpc', '=', vpc).executeTakeFirst()

export const insertVpnGateway = async (trx: Kysely<Database>, values: Insertable<VpnGatewayTable>): Promise<string> =>
  (await trx.insertInto('vpn_gateway').values(values).returning('id').executeTakeFirstOrThrow()).id

export const deleteVpnGatewayRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('vpn_gateway').where('id', '=', id).execute()
}
