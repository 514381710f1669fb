import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { ImageStoreTable, StoragePoolTable, StoragePoolView } from './schema/storage.ts'
import type { Database } from './schema.ts'

interface Named {
  readonly zonename: string
  readonly podname: string | null
  readonly clustername: string | null
}

export type StoragePool = Selectable<StoragePoolView> & Named

const pools = (db: Kysely<Database>) =>
  db
    .selectFrom('storage_pools as pool')
    .innerJoin('zone', 'zone.id', 'pool.zone')
    .leftJoin('pod', 'pod.id', 'pool.pod')
    .leftJoin('cluster', 'cluster.id', 'pool.cluster')
    .selectAll('pool')
    .select(['zone.name as zonename', 'pod.name as podname', 'cluster.name as clustername'])
    .$castTo<StoragePool>()
    .orderBy('pool.created')
    .orderBy('pool.id')

export interface StoragePoolFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly zone?: string | undefined
  readonly pod?: string | undefined
  readonly cluster?: string | undefined
  readonly host?: string | undefined
  readonly scope?: StoragePool['scope'] | undefined
  readonly state?: StoragePool['state'] | undefined
  readonly server?: string | undefined
  readonly path?: string | undefined
}

export const findStoragePools = (
  db: Kysely<Database>,
  filter: StoragePoolFilter,
  page: Page,
): Promise<Found<StoragePool>> => {
  let query = pools(db)
  if (filter.id !== undefined) query = query.where('pool.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('pool.name', '=', filter.name)
  if (filter.keyword) query = query.where('pool.name', 'ilike', anywhere(filter.keyword))
  if (filter.zone !== undefined) query = query.where('pool.zone', '=', filter.zone)
  if (filter.pod !== undefined) query = query.where('pool.pod', '=', filter.pod)
  if (filter.cluster !== undefined) query = query.where('pool.cluster', '=', filter.cluster)
  if (filter.host !== undefined) query = query.where('pool.host', '=', filter.host)
  if (filter.scope) query = query.where('pool.scope', '=', filter.scope)
  if (filter.state) query = query.where('pool.state', '=', filter.state)
  if (filter.server !== undefined) query = query.where('pool.server', '=', filter.server)
  if (filter.path !== undefined) query = query.where('pool.path', '=', filter.path)
  return findPage(query, page)
}

export const findStoragePool = (db: Kysely<Database>, id: string): Promise<StoragePool | undefined> =>
  pools(db).where('pool.id', '=', id).executeTakeFirst()

export const insertStoragePool = async (trx: Kysely<Database>, values: Insertable<StoragePoolTable>): Promise<string> =>
  (await trx.insertInto('storage_pool').values(values).returning('id').executeTakeFirstOrThrow()).id

/** False where there is none, or it is a host's own. */
export const updateStoragePoolRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<StoragePoolTable>,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('storage_pool')
    .set({ ...values, id })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export const deleteStoragePoolRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('storage_pool').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

export type ImageStore = Selectable<ImageStoreTable> & { readonly zonename: string | null }

const stores = (db: Kysely<Database>) =>
  db
    .selectFrom('image_store')
    .leftJoin('zone', 'zone.id', 'image_store.zone')
    .selectAll('image_store')
    .select('zone.name as zonename')
    .orderBy('image_store.created')
    .orderBy('image_store.id')

export interface ImageStoreFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly zone?: string | undefined
  readonly protocol?: string | undefined
  readonly provider?: string | undefined
  readonly readonly?: boolean | undefined
}

export const findImageStores = (
  db: Kysely<Database>,
  filter: ImageStoreFilter,
  page: Page,
): Promise<Found<ImageStore>> => {
  let query = stores(db)
  if (filter.id !== undefined) query = query.where('image_store.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('image_store.name', '=', filter.name)
  if (filter.keyword) query = query.where('image_store.name', 'ilike', anywhere(filter.keyword))
  if (filter.zone !== undefined)
    query = query.where(sql<boolean>`(image_store.zone = ${filter.zone} or image_store.zone is null)`)
  if (filter.protocol) query = query.where(sql<boolean>`image_store.protocol = lower(${filter.protocol})`)
  if (filter.provider) query = query.where(sql<boolean>`lower(image_store.provider) = lower(${filter.provider})`)
  if (filter.readonly !== undefined) query = query.where('image_store.readonly', '=', filter.readonly)
  return findPage(query, page)
}

export const findImageStore = (db: Kysely<Database>, id: string): Promise<ImageStore | undefined> =>
  stores(db).where('image_store.id', '=', id).executeTakeFirst()

export const insertImageStore = async (trx: Kysely<Database>, values: Insertable<ImageStoreTable>): Promise<string> =>
  (await trx.insertInto('image_store').values(values).returning('id').executeTakeFirstOrThrow()).id

export const updateImageStoreRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<ImageStoreTable>,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('image_store')
    .set({ ...values, id })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export const deleteImageStoreRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('image_store').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
