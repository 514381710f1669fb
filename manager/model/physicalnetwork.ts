import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type {
  Database,
  NetworkServiceProviderTable,
  PhysicalNetworkTable,
  ProviderName,
  TrafficTypeTable,
} from './schema.ts'

export type PhysicalNetwork = Selectable<PhysicalNetworkTable> & { readonly zonename: string }
export type TrafficType = Selectable<TrafficTypeTable>
export type ServiceProvider = Selectable<NetworkServiceProviderTable>

const physicalNetworks = (db: Kysely<Database>) =>
  db
    .selectFrom('physical_network')
    .innerJoin('zone', 'zone.id', 'physical_network.zone')
    .selectAll('physical_network')
    .select('zone.name as zonename')
    .orderBy('physical_network.created')
    .orderBy('physical_network.id')

export interface PhysicalNetworkFilter {
  readonly id?: string | undefined
  readonly zone?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
}

export const findPhysicalNetworks = (
  db: Kysely<Database>,
  filter: PhysicalNetworkFilter,
  page: Page,
): Promise<Found<PhysicalNetwork>> => {
  let query = physicalNetworks(db)
  if (filter.id !== undefined) query = query.where('physical_network.id', '=', filter.id)
  if (filter.zone !== undefined) query = query.where('physical_network.zone', '=', filter.zone)
  if (filter.name !== undefined) query = query.where('physical_network.name', '=', filter.name)
  if (filter.keyword) query = query.where('physical_network.name', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}

export const findPhysicalNetwork = (db: Kysely<Database>, id: string): Promise<PhysicalNetwork | undefined> =>
  physicalNetworks(db).where('physical_network.id', '=', id).executeTakeFirst()

/** The first is the one that serves; the others are names that set-up scripts turn on. */
export const PROVIDERS = ['VirtualRouter', 'VpcVirtualRouter', 'InternalLbVm', 'SecurityGroupProvider'] as const

/** Made with its providers, which start disabled as in CloudStack. */
export const insertPhysicalNetwork = async (
  trx: Kysely<Database>,
  values: Insertable<PhysicalNetworkTable>,
): Promise<string> => {
  const { id } = await trx.insertInto('physical_network').values(values).returning('id').executeTakeFirstOrThrow()
  await trx
    .insertInto('network_service_provider')
    .values(PROVIDERS.map((name) => ({ physical_network: id, name })))
    .execute()
  return id
}

export const updatePhysicalNetworkRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<PhysicalNetworkTable>,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('physical_network')
    .set({ ...values, id })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export const deletePhysicalNetworkRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('physical_network').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

export const usedVnis = (
  trx: Kysely<Database>,
  physicalNetwork: string,
): Promise<{ lowest: number | null; highest: number | null }> =>
  trx
    .selectFrom(
      trx
        .selectFrom('network')
        .select(['physical_network', 'vni'])
        .unionAll(trx.selectFrom('vpc_link').select(['physical_network', 'vni']))
        .as('used'),
    )
    .where('physical_network', '=', physicalNetwork)
    .select([sql<number | null>`min(vni)`.as('lowest'), sql<number | null>`max(vni)`.as('highest')])
    .executeTakeFirstOrThrow()

export const findTrafficTypes = (
  db: Kysely<Database>,
  physicalNetwork: string,
  keyword: string | undefined,
  page: Page,
): Promise<Found<TrafficType>> => {
  let query = db.selectFrom('traffic_type').selectAll().where('physical_network', '=', physicalNetwork)
  if (keyword) query = query.where(sql<boolean>`traffictype ilike ${anywhere(keyword)}`)
  return findPage(query.orderBy('traffictype'), page)
}

export const findTrafficType = (db: Kysely<Database>, id: string): Promise<TrafficType | undefined> =>
  db.selectFrom('traffic_type').selectAll().where('id', '=', id).executeTakeFirst()

export const insertTrafficType = (trx: Kysely<Database>, values: Insertable<TrafficTypeTable>): Promise<TrafficType> =>
  trx.insertInto('traffic_type').values(values).returningAll().executeTakeFirstOrThrow()

export const updateTrafficTypeLabel = (
  trx: Kysely<Database>,
  id: string,
  label: string | null,
): Promise<TrafficType | undefined> =>
  trx.updateTable('traffic_type').set({ kvmnetworklabel: label }).where('id', '=', id).returningAll().executeTakeFirst()

export interface ProviderFilter {
  readonly id?: string | undefined
  readonly element?: string | undefined
  readonly physicalNetwork?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly state?: 'Enabled' | 'Disabled' | undefined
  readonly enabled?: boolean | undefined
  readonly names?: readonly ProviderName[] | undefined
}

export const findProviders = (
  db: Kysely<Database>,
  filter: ProviderFilter,
  page: Page,
): Promise<Found<ServiceProvider>> => {
  let query = db
    .selectFrom('network_service_provider')
    .selectAll()
    .orderBy(sql`array_position(${[...PROVIDERS]}::text[], name)`)
    .orderBy('id')
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.element !== undefined) query = query.where('element', '=', filter.element)
  if (filter.physicalNetwork !== undefined) query = query.where('physical_network', '=', filter.physicalNetwork)
  if (filter.name !== undefined) query = query.where(sql<boolean>`lower(name) = lower(${filter.name})`)
  if (filter.keyword) query = query.where(sql<boolean>`name ilike ${anywhere(filter.keyword)}`)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.names) query = query.where('name', 'in', [...filter.names])
  if (filter.enabled !== undefined) query = query.where('element_enabled', '=', filter.enabled)
  return findPage(query, page)
}

/** A provider that the physical network has already is refused by the schema. */
export const insertProvider = (
  trx: Kysely<Database>,
  values: Insertable<NetworkServiceProviderTable>,
): Promise<ServiceProvider> =>
  trx.insertInto('network_service_provider').values(values).returningAll().executeTakeFirstOrThrow()

export const updateProvider = (
  trx: Kysely<Database>,
  by: { readonly id: string } | { readonly element: string },
  values: Pick<Updateable<NetworkServiceProviderTable>, 'state' | 'element_enabled'>,
): Promise<ServiceProvider | undefined> => {
  const query = trx.updateTable('network_service_provider').set(values)
  return ('id' in by ? query.where('id', '=', by.id) : query.where('element', '=', by.element))
    .returningAll()
    .executeTakeFirst()
}

export const deleteProvider = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('network_service_provider').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

/** Networks on the physical network that is served by it. */
export const networksOfProvider = async (trx: Kysely<Database>, id: string): Promise<number> => {
  const { count } = await trx
    .selectFrom('network')
    .innerJoin('network_service_provider as provider', 'provider.physical_network', 'network.physical_network')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('provider.id', '=', id)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export const deleteTrafficTypeRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('traffic_type').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

/** What would be without its traffic: guest networks, ranges of public addresses. */
export const usesOfTraffic = async (trx: Kysely<Database>, id: string): Promise<number> => {
  const { rows } = await sql<{ readonly uses: number }>`
    select case traffictype
      when 'Guest' then (select count(*) from network where network.physical_network = traffic_type.physical_network)
      when 'Public' then (select count(*) from vlan_range where vlan_range.physical_network = traffic_type.physical_network)
      else 0 end::int as uses
    from traffic_type where id = ${id}`.execute(trx)
  return rows[0]?.uses ?? 0
}
