import type { Insertable, Kysely, Selectable, Updateable } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, VpcOfferingTable } from './schema.ts'

export type VpcOffering = Selectable<VpcOfferingTable>

export interface VpcOfferingFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly displaytext?: string | undefined
  readonly keyword?: string | undefined
  readonly state?: 'Enabled' | 'Disabled' | undefined
  readonly isdefault?: boolean | undefined
  /** All of these. */
  readonly services?: readonly string[] | undefined
}

export const findVpcOfferings = (
  db: Kysely<Database>,
  filter: VpcOfferingFilter,
  page: Page,
): Promise<Found<VpcOffering>> => {
  let query = db.selectFrom('vpc_offering').selectAll().orderBy('created').orderBy('id')
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.displaytext !== undefined) query = query.where('displaytext', '=', filter.displaytext)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  if (filter.state) query = query.where('state', '=', filter.state)
  if (filter.isdefault !== undefined) query = query.where('isdefault', '=', filter.isdefault)
  for (const service of filter.services ?? [])
    query = query.where((eb) => eb(eb.ref('services'), '?', service as never))
  return findPage(query, page)
}

export const findVpcOffering = (db: Kysely<Database>, id: string): Promise<VpcOffering | undefined> =>
  db.selectFrom('vpc_offering').selectAll().where('id', '=', id).executeTakeFirst()

export const insertVpcOffering = async (trx: Kysely<Database>, values: Insertable<VpcOfferingTable>): Promise<string> =>
  (await trx.insertInto('vpc_offering').values(values).returning('id').executeTakeFirstOrThrow()).id

export const updateVpcOfferingRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<VpcOfferingTable>,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('vpc_offering')
    .set({ ...values, id })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export const deleteVpcOfferingRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('vpc_offering').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
