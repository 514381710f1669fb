import type { Insertable, Kysely, Selectable, Updateable } from 'kysely'
import { fitsOffering, type OfferingFilter } from './offering.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { Database, VpcOfferingTable } from './schema.ts'

export type VpcOffering = Selectable<VpcOfferingTable>

export const findVpcOfferings = (
  db: Kysely<Database>,
  filter: OfferingFilter,
  page: Page,
): Promise<Found<VpcOffering>> =>
  findPage(db.selectFrom('vpc_offering').selectAll().where(fitsOffering(filter)).orderBy('created').orderBy('id'), page)

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
