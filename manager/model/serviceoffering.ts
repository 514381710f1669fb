import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import { idsOf, namesOf, reachesDomain, reachesZone } from './reach.ts'
import type { Database, ServiceOfferingTable } from './schema.ts'

export type ServiceOffering = Selectable<ServiceOfferingTable> & {
  /** Ids and names with commas; null: every one. */
  readonly domainids: string | null
  readonly domainnames: string | null
  readonly zoneids: string | null
  readonly zonenames: string | null
}

export interface ServiceOfferingFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly issystem?: boolean | undefined
  readonly systemvmtype?: string | undefined
  readonly state?: 'Active' | 'Inactive' | undefined
  readonly storagetype?: 'local' | 'shared' | undefined
  readonly cpunumber?: number | undefined
  readonly cpuspeed?: number | undefined
  readonly memory?: number | undefined
  /** What this guest can be changed to. */
  readonly guest?: string | undefined
  readonly zone?: string | undefined
  /** Path of a domain that may use them; undefined: everybody's. */
  readonly domainpath?: string | undefined
}

const DOMAINS = sql`service_offering.domains`
const ZONES = sql`service_offering.zones`

const offerings = (db: Kysely<Database>) =>
  db
    .selectFrom('service_offering')
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

/** Another offering; of a guest that should run one that is no smaller, since a running machine only grows. */
const fitsGuest = (guest: string) => sql<boolean>`exists (
  select from guest join service_offering now on now.id = guest.offering
  where guest.id = ${guest} and (service_offering.id <> guest.offering or service_offering.customized)
    and service_offering.issystem = now.issystem
    and (guest.desired <> 'Running' or service_offering.customized or
      (service_offering.cpunumber >= coalesce(guest.custom_cpunumber, now.cpunumber)
       and service_offering.memory >= coalesce(guest.custom_memory, now.memory))))`

export const findServiceOfferings = (
  db: Kysely<Database>,
  filter: ServiceOfferingFilter,
  page: Page,
): Promise<Found<ServiceOffering>> => {
  let query = offerings(db)
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  if (filter.issystem !== undefined) query = query.where('issystem', '=', filter.issystem)
  if (filter.systemvmtype !== undefined) query = query.where('systemvmtype', '=', filter.systemvmtype)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.storagetype !== undefined) query = query.where('storagetype', '=', filter.storagetype)
  if (filter.cpunumber !== undefined) query = query.where('cpunumber', '>=', filter.cpunumber)
  if (filter.cpuspeed !== undefined) query = query.where('cpuspeed', '>=', filter.cpuspeed)
  if (filter.memory !== undefined) query = query.where('memory', '>=', filter.memory)
  if (filter.guest !== undefined) query = query.where(fitsGuest(filter.guest))
  if (filter.zone !== undefined) query = query.where(reachesZone(ZONES, filter.zone))
  if (filter.domainpath !== undefined) query = query.where(reachesDomain(DOMAINS, filter.domainpath))
  return findPage(query, page)
}

export const findServiceOffering = (db: Kysely<Database>, id: string): Promise<ServiceOffering | undefined> =>
  offerings(db).where('id', '=', id).executeTakeFirst()

/** Whether who is in a domain of this path may have a guest of the offering in the zone. */
export const offeringReaches = async (
  db: Kysely<Database>,
  id: string,
  { zone, domainpath }: { readonly zone: string; readonly domainpath: string },
): Promise<{ readonly zone: boolean; readonly domain: boolean }> =>
  db
    .selectFrom('service_offering')
    .select([reachesZone(ZONES, zone).as('zone'), reachesDomain(DOMAINS, domainpath).as('domain')])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()

export const insertServiceOffering = async (
  trx: Kysely<Database>,
  values: Insertable<ServiceOfferingTable>,
): Promise<ServiceOffering> => {
  const { id } = await trx.insertInto('service_offering').values(values).returning('id').executeTakeFirstOrThrow()
  return offerings(trx).where('id', '=', id).executeTakeFirstOrThrow()
}

export const updateServiceOfferingRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<ServiceOfferingTable>,
): Promise<ServiceOffering | undefined> => {
  await trx
    .updateTable('service_offering')
    .set({ ...values, id })
    .where('id', '=', id)
    .execute()
  return findServiceOffering(trx, id)
}

export const deleteServiceOfferingRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('service_offering').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
