import type { Insertable, Kysely, Selectable, Updateable } from 'kysely'
import type { Accounts } from './among.ts'
import { ownedBy } from './ownership.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { VpnCustomerGatewayTable } from './schema/vpn.ts'
import type { Database } from './schema.ts'

export type VpnCustomerGateway = Selectable<VpnCustomerGatewayTable>

export interface VpnCustomerGatewayFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  /** Part of the name. */
  readonly keyword?: string | undefined
}

const gateways = (db: Kysely<Database>) =>
  db
    .selectFrom('vpn_customer_gateway')
    .selectAll()
    .orderBy('vpn_customer_gateway.created')
    .orderBy('vpn_customer_gateway.id')

export const findVpnCustomerGateways = (
  db: Kysely<Database>,
  filter: VpnCustomerGatewayFilter,
  page: Page,
): Promise<Found<VpnCustomerGateway>> => {
  let query = gateways(db)
  if (filter.accounts) query = query.where(ownedBy('vpn_customer_gateway', filter.accounts))
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}

export const findVpnCustomerGateway = (db: Kysely<Database>, id: string): Promise<VpnCustomerGateway | undefined> =>
  gateways(db).where('id', '=', id).executeTakeFirst()

/** The row, held until the transaction ends. Before any VPC is. */
export const lockVpnCustomerGateway = (trx: Kysely<Database>, id: string): Promise<VpnCustomerGateway | undefined> =>
  trx.selectFrom('vpn_customer_gateway').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const insertVpnCustomerGateway = async (
  trx: Kysely<Database>,
  values: Insertable<VpnCustomerGatewayTable>,
): Promise<void> => {
  await trx.insertInto('vpn_customer_gateway').values(values).execute()
}

export const updateVpnCustomerGatewayRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<VpnCustomerGatewayTable>,
): Promise<void> => {
  await trx.updateTable('vpn_customer_gateway').set(values).where('id', '=', id).execute()
}

export const deleteVpnCustomerGatewayRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('vpn_customer_gateway').where('id', '=', id).execute()
}
