import type { Insertable, Kysely, Selectable, Updateable } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, ZoneTable } from './schema.ts'

export type Zone = Selectable<ZoneTable>

export interface ZoneFilter {
  readonly ids?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly available?: boolean | undefined
}

export const findZones = (db: Kysely<Database>, filter: ZoneFilter, page: Page): Promise<Found<Zone>> => {
  let query = db.selectFrom('zone').selectAll().orderBy('created').orderBy('id')
  if (filter.ids) query = query.where('id', 'in', filter.ids.length > 0 ? [...filter.ids] : [null as never])
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  if (filter.available) query = query.where('allocationstate', '=', 'Enabled')
  return findPage(query, page, 'zone.id')
}

/** Whether guests of any zone are kept apart by security groups. */
export const hasSecurityGroups = async (db: Kysely<Database>): Promise<boolean> =>
  (await db.selectFrom('zone').select('id').where('security_groups', '=', true).limit(1).execute()).length > 0

export const findZone = (db: Kysely<Database>, id: string): Promise<Zone | undefined> =>
  db.selectFrom('zone').selectAll().where('id', '=', id).executeTakeFirst()

/** The row, held until the transaction ends: what is compared with the zone's other ranges must not race. */
export const lockZone = (trx: Kysely<Database>, id: string): Promise<Zone | undefined> =>
  trx.selectFrom('zone').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const insertZone = (trx: Kysely<Database>, values: Insertable<ZoneTable>): Promise<Zone> =>
  trx.insertInto('zone').values(values).returningAll().executeTakeFirstOrThrow()

export const updateZoneRow = (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<ZoneTable>,
): Promise<Zone | undefined> =>
  trx.updateTable('zone').set(values).where('id', '=', id).returningAll().executeTakeFirst()

export const deleteZoneRow = (trx: Kysely<Database>, id: string): Promise<Zone | undefined> =>
  trx.deleteFrom('zone').where('id', '=', id).returningAll().executeTakeFirst()
