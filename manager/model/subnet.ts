import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import { type Found, findPage, type Page } from './page.ts'
import type { GuestSubnetTable, ZoneSubnetTable } from './schema/routing.ts'
import type { Database } from './schema.ts'

export type ZoneSubnet = Selectable<ZoneSubnetTable> & { readonly zonename: string }

export type GuestSubnet = Selectable<GuestSubnetTable> & {
  readonly zone: string
  readonly zonename: string
  readonly parentsubnet: string
  readonly networkname: string | null
}

const zoneSubnets = (db: Kysely<Database>) =>
  db
    .selectFrom('zone_subnet')
    .leftJoin('zone', 'zone.id', 'zone_subnet.zone')
    .selectAll('zone_subnet')
    .select('zone.name as zonename')
    .$castTo<ZoneSubnet>()
    .orderBy('zone_subnet.created')
    .orderBy('zone_subnet.id')

interface ZoneSubnetFilter {
  readonly id?: string | undefined
  readonly zone?: string | undefined
  readonly subnet?: string | undefined
  readonly keyword?: string | undefined
}

export const findZoneSubnets = (
  db: Kysely<Database>,
  filter: ZoneSubnetFilter,
  page: Page,
): Promise<Found<ZoneSubnet>> => {
  let query = zoneSubnets(db)
  if (filter.id !== undefined) query = query.where('zone_subnet.id', '=', filter.id)
  if (filter.zone !== undefined) query = query.where('zone_subnet.zone', '=', filter.zone)
  if (filter.subnet !== undefined) query = query.where('zone_subnet.subnet', '=', filter.subnet)
  if (filter.keyword) query = query.where(sql<boolean>`position(${filter.keyword} in zone_subnet.subnet::text) > 0`)
  return findPage(query, page)
}

export const findZoneSubnet = (db: Kysely<Database>, id: string): Promise<ZoneSubnet | undefined> =>
  zoneSubnets(db).where('zone_subnet.id', '=', id).executeTakeFirst()

/** Held until the transaction ends: what is carved out of it is compared with what is there. */
export const lockZoneSubnets = async (
  trx: Kysely<Database>,
  where: { readonly zone?: string | undefined; readonly id?: string | undefined },
): Promise<readonly Selectable<ZoneSubnetTable>[]> => {
  let query = trx.selectFrom('zone_subnet').selectAll().orderBy('id').forUpdate()
  if (where.zone !== undefined) query = query.where('zone', '=', where.zone)
  if (where.id !== undefined) query = query.where('id', '=', where.id)
  return query.execute()
}

export const insertZoneSubnet = async (trx: Kysely<Database>, values: Insertable<ZoneSubnetTable>): Promise<string> =>
  (await trx.insertInto('zone_subnet').values(values).returning('id').executeTakeFirstOrThrow()).id

export const deleteZoneSubnetRow = (trx: Kysely<Database>, id: string) =>
  trx.deleteFrom('zone_subnet').where('id', '=', id).execute()

const guestSubnets = (db: Kysely<Database>) =>
  db
    .selectFrom('guest_subnet')
    .innerJoin('zone_subnet', 'zone_subnet.id', 'guest_subnet.parent')
    .leftJoin('zone', 'zone.id', 'zone_subnet.zone')
    .leftJoin('network', 'network.id', 'guest_subnet.network')
    .selectAll('guest_subnet')
    .select(['zone_subnet.zone', 'zone_subnet.subnet as parentsubnet', 'zone.name as zonename'])
    .select('network.name as networkname')
    .$castTo<GuestSubnet>()
    .orderBy('guest_subnet.created')
    .orderBy('guest_subnet.id')

interface GuestSubnetFilter {
  readonly id?: string | undefined
  readonly parent?: string | undefined
  readonly zone?: string | undefined
  readonly network?: string | undefined
  readonly subnet?: string | undefined
  readonly keyword?: string | undefined
}

export const findGuestSubnets = (
  db: Kysely<Database>,
  filter: GuestSubnetFilter,
  page: Page,
): Promise<Found<GuestSubnet>> => {
  let query = guestSubnets(db)
  if (filter.id !== undefined) query = query.where('guest_subnet.id', '=', filter.id)
  if (filter.parent !== undefined) query = query.where('guest_subnet.parent', '=', filter.parent)
  if (filter.zone !== undefined) query = query.where('zone_subnet.zone', '=', filter.zone)
  if (filter.network !== undefined) query = query.where('guest_subnet.network', '=', filter.network)
  if (filter.subnet !== undefined) query = query.where('guest_subnet.subnet', '=', filter.subnet)
  if (filter.keyword) query = query.where(sql<boolean>`position(${filter.keyword} in guest_subnet.subnet::text) > 0`)
  return findPage(query, page)
}

export const findGuestSubnet = (db: Kysely<Database>, id: string): Promise<GuestSubnet | undefined> =>
  guestSubnets(db).where('guest_subnet.id', '=', id).executeTakeFirst()

/** Subnets of a parent, the free ones included. */
export const subnetsOf = (trx: Kysely<Database>, parent: string) =>
  trx.selectFrom('guest_subnet').selectAll().where('parent', '=', parent).orderBy('subnet').execute()

export const insertGuestSubnet = async (trx: Kysely<Database>, values: Insertable<GuestSubnetTable>): Promise<string> =>
  (await trx.insertInto('guest_subnet').values(values).returning('id').executeTakeFirstOrThrow()).id

export const takeGuestSubnet = (trx: Kysely<Database>, id: string, network: string) =>
  trx.updateTable('guest_subnet').set({ network, allocated: new Date() }).where('id', '=', id).execute()

export const deleteGuestSubnetRow = (trx: Kysely<Database>, id: string) =>
  trx.deleteFrom('guest_subnet').where('id', '=', id).execute()
