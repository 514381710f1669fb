import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import { idsOf, namesOf, reachesDomain, reachesZone } from './reach.ts'
import type { Database, DiskOfferingTable } from './schema.ts'

export type DiskOffering = Selectable<DiskOfferingTable> & {
  /** Ids and names with commas; null: every one. */
  readonly domainids: string | null
  readonly domainnames: string | null
  readonly zoneids: string | null
  readonly zonenames: string | null
}

export interface DiskOfferingFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly state?: 'Active' | 'Inactive' | undefined
  readonly storagetype?: 'local' | 'shared' | undefined
  readonly encrypt?: boolean | undefined
  readonly zone?: string | undefined
  /** Path of a domain that may use them; undefined: everybody's, those that are not displayed too. */
  readonly domainpath?: string | undefined
}

const DOMAINS = sql`disk_offering.domains`
const ZONES = sql`disk_offering.zones`

const offerings = (db: Kysely<Database>) =>
  db
    .selectFrom('disk_offering')
    .selectAll()
    .select([
      idsOf('domain', DOMAINS).as('domainids'),
      namesOf('domain', DOMAINS).as('domainnames'),
      idsOf('zone', ZONES).as('zoneids'),
      namesOf('zone', ZONES).as('zonenames'),
    ])
    .orderBy('sortkey', 'desc')
    .orderBy('created')
    .orderBy('id')

export const findDiskOfferings = (
  db: Kysely<Database>,
  filter: DiskOfferingFilter,
  page: Page,
): Promise<Found<DiskOffering>> => {
  let query = offerings(db)
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.storagetype !== undefined) query = query.where('storagetype', '=', filter.storagetype)
  if (filter.encrypt !== undefined) query = query.where('encrypt', '=', filter.encrypt)
  if (filter.zone !== undefined) query = query.where(reachesZone(ZONES, filter.zone))
  if (filter.domainpath !== undefined)
    query = query.where('displayoffering', '=', true).where(reachesDomain(DOMAINS, filter.domainpath))
  return findPage(query, page)
}

export const findDiskOffering = (db: Kysely<Database>, id: string): Promise<DiskOffering | undefined> =>
  offerings(db).where('id', '=', id).executeTakeFirst()

export const insertDiskOffering = async (
  trx: Kysely<Database>,
  values: Insertable<DiskOfferingTable>,
): Promise<DiskOffering> => {
  const { id } = await trx.insertInto('disk_offering').values(values).returning('id').executeTakeFirstOrThrow()
  return offerings(trx).where('id', '=', id).executeTakeFirstOrThrow()
}

export const updateDiskOfferingRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<DiskOfferingTable>,
): Promise<DiskOffering | undefined> => {
  await trx
    .updateTable('disk_offering')
    .set({ ...values, id })
    .where('id', '=', id)
    .execute()
  return findDiskOffering(trx, id)
}

export const deleteDiskOfferingRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('disk_offering').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
