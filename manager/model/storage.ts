import { type Insertable, type Kysely, type RawBuilder, type Selectable, sql, type Updateable } from 'kysely'
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

const all = (conditions: readonly (RawBuilder<unknown> | undefined)[]): RawBuilder<unknown> =>
  sql.join([sql`true`, ...conditions.filter((one) => one !== undefined)], sql` and `)

const equals = (left: RawBuilder<unknown>, value: string | undefined) =>
  value === undefined ? undefined : sql`${left} = ${value}`

const like = (left: RawBuilder<unknown>, keyword: string | undefined) =>
  keyword ? sql`${left} ilike ${anywhere(keyword)}` : undefined

/** Those that were created. */
const created = (filter: StoragePoolFilter) =>
  sql`storage_pool where ${all([
    filter.host === undefined ? undefined : sql`false`,
    like(sql`name`, filter.keyword),
    ...(['id', 'name', 'zone', 'pod', 'cluster', 'scope', 'state', 'server', 'path'] as const).map((column) =>
      equals(sql.ref(column), filter[column]),
    ),
  ])}`

/** Those of the hosts, as the view shows them and indexes have them. */
const ofHosts = ({ zone, pod, ...filter }: StoragePoolFilter) =>
  sql`host where ${all([
    sql`state <> 'Removed'`,
    equals(sql`pool`, filter.id),
    equals(sql`(name || '-local')`, filter.name),
    like(sql`(name || '-local')`, filter.keyword),
    equals(sql`cluster`, filter.cluster),
    equals(sql`host.id`, filter.host),
    equals(sql`'HOST'`, filter.scope),
    equals(sql`(case when resourcestate in ('Enabled', 'Disabled') then 'Up' else 'Maintenance' end)`, filter.state),
    equals(sql`name`, filter.server),
    equals(sql`'/var/lib/sysvm/host'`, filter.path),
    pod === undefined ? undefined : sql`cluster = any(array(select id from cluster where pod = ${pod}))`,
    zone === undefined
      ? undefined
      : sql`cluster = any(array(
          select cluster.id from cluster join pod on pod.id = cluster.pod where pod.zone = ${zone}))`,
  ])}`

/** Each kind has its own indexes; of both together there is none, so each gives its first, and the page is of these. */
export const findStoragePools = async (
  db: Kysely<Database>,
  filter: StoragePoolFilter,
  { limit, offset, countOnly }: Page,
): Promise<Found<StoragePool>> => {
  const [made, own] = [created(filter), ofHosts(filter)]
  const most = limit + offset
  const rows = pools(db).where(
    sql<boolean>`pool.id = any(array(
      select id from (
        (select id, created from ${made} order by created, id limit ${most})
        union all
        (select pool, created from ${own} order by created, pool limit ${most})) either
      order by created, id limit ${limit} offset ${offset}))`,
  )
  const count = sql<{ count: number }>`
    select ((select count(*) from ${made}) + (select count(*) from ${own}))::int as count`
  const [found, counted] = await Promise.all([countOnly ? [] : rows.execute(), count.execute(db)])
  return { count: counted.rows[0]?.count ?? 0, rows: found }
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
