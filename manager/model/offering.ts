import {
  type Expression,
  expressionBuilder,
  type Insertable,
  type Kysely,
  type Selectable,
  type SqlBool,
  sql,
  type Updateable,
} from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, NetworkOfferingTable, ServiceOfferingTable } from './schema.ts'

export type ServiceOffering = Selectable<ServiceOfferingTable>
export type NetworkOffering = Selectable<NetworkOfferingTable>

export interface ServiceOfferingFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly issystem?: boolean | undefined
  readonly cpunumber?: number | undefined
  readonly cpuspeed?: number | undefined
  readonly memory?: number | undefined
  readonly guest?: string | undefined
}

export const findServiceOfferings = (
  db: Kysely<Database>,
  filter: ServiceOfferingFilter,
  page: Page,
): Promise<Found<ServiceOffering>> => {
  let query = db.selectFrom('service_offering').selectAll().orderBy('created').orderBy('id')
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  if (filter.issystem !== undefined) query = query.where('issystem', '=', filter.issystem)
  if (filter.cpunumber !== undefined) query = query.where('cpunumber', '>=', filter.cpunumber)
  if (filter.cpuspeed !== undefined) query = query.where('cpuspeed', '>=', filter.cpuspeed)
  if (filter.memory !== undefined) query = query.where('memory', '>=', filter.memory)
  if (filter.guest !== undefined) {
    const guest = filter.guest
    query = query.where('id', 'in', (eb) => eb.selectFrom('guest').select('offering').where('guest.id', '=', guest))
  }
  return findPage(query, page)
}

export const findServiceOffering = (db: Kysely<Database>, id: string): Promise<ServiceOffering | undefined> =>
  db.selectFrom('service_offering').selectAll().where('id', '=', id).executeTakeFirst()

export const insertServiceOffering = (
  trx: Kysely<Database>,
  values: Insertable<ServiceOfferingTable>,
): Promise<ServiceOffering> =>
  trx.insertInto('service_offering').values(values).returningAll().executeTakeFirstOrThrow()

export const deleteServiceOfferingRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('service_offering').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

/** What offerings of networks and of VPCs are both found by. */
export interface OfferingFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly displaytext?: string | undefined
  readonly keyword?: string | undefined
  readonly state?: 'Enabled' | 'Disabled' | undefined
  readonly isdefault?: boolean | undefined
  /** All of these. */
  readonly services?: readonly string[] | undefined
}

/** A condition on the columns that both tables of offerings have, by the same names. */
export const fitsOffering = (filter: OfferingFilter): Expression<SqlBool> => {
  const eb = expressionBuilder<Database, 'vpc_offering'>()
  const all = (filter.services ?? []).map((service) => eb(eb.ref('services'), '?', service as never))
  if (filter.id !== undefined) all.push(eb('id', '=', filter.id))
  if (filter.name !== undefined) all.push(eb('name', '=', filter.name))
  if (filter.displaytext !== undefined) all.push(eb('displaytext', '=', filter.displaytext))
  if (filter.keyword) all.push(eb('name', 'ilike', anywhere(filter.keyword)))
  if (filter.state) all.push(eb('state', '=', filter.state))
  if (filter.isdefault !== undefined) all.push(eb('isdefault', '=', filter.isdefault))
  return eb.and(all)
}

export interface NetworkOfferingFilter extends OfferingFilter {
  readonly forvpc?: boolean | undefined
  readonly routingmode?: 'Static' | 'Dynamic' | undefined
  readonly sourceNat?: boolean | undefined
}

export const findNetworkOfferings = (
  db: Kysely<Database>,
  filter: NetworkOfferingFilter,
  page: Page,
): Promise<Found<NetworkOffering>> => {
  let query = db.selectFrom('network_offering').selectAll().where(fitsOffering(filter)).orderBy('created').orderBy('id')
  if (filter.forvpc !== undefined) query = query.where('forvpc', '=', filter.forvpc)
  if (filter.routingmode !== undefined) query = query.where('routingmode', '=', filter.routingmode)
  if (filter.sourceNat !== undefined) query = query.where(sql<boolean>`(services ? 'SourceNat') = ${filter.sourceNat}`)
  return findPage(query, page)
}

export const findNetworkOffering = (db: Kysely<Database>, id: string): Promise<NetworkOffering | undefined> =>
  db.selectFrom('network_offering').selectAll().where('id', '=', id).executeTakeFirst()

export const insertNetworkOffering = (
  trx: Kysely<Database>,
  values: Insertable<NetworkOfferingTable>,
): Promise<NetworkOffering> =>
  trx.insertInto('network_offering').values(values).returningAll().executeTakeFirstOrThrow()

export const updateNetworkOfferingRow = (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<NetworkOfferingTable>,
): Promise<NetworkOffering | undefined> =>
  trx
    .updateTable('network_offering')
    .set({ ...values, id })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()

export const deleteNetworkOfferingRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('network_offering').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
