import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { contains } from './contains.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, HostTable, Hypervisor } from './schema.ts'

export type Host = Selectable<HostTable> & {
  readonly clustername: string
  readonly hypervisor: Hypervisor
  readonly pod: string
  readonly podname: string
  readonly zone: string
  readonly zonename: string
  /** What guests and routers that should run here, or go here, were promised. */
  readonly memoryallocated: number
  readonly cpusallocated: number
  /** When it last answered; null: never yet. */
  readonly seen: Date | null
}

/** What is promised of a host, in SQL over `host` and `used`, its row of `tally`: that sum, and what was written down since. */
export const allocated = (column: 'memory' | 'cpus') =>
  sql<number>`(coalesce(used.${sql.ref(column)}, 0) + coalesce(
    (select sum(${sql.ref(column)}) from tally_change more where more.what = 'host' and more.id = host.id), 0))::int`

// Left joins though nothing is missing: the planner drops those that a count does not need.
const hosts = (db: Kysely<Database>) =>
  db
    .selectFrom('host')
    .leftJoin('cluster', 'cluster.id', 'host.cluster')
    .leftJoin('pod', 'pod.id', 'cluster.pod')
    .leftJoin('zone', 'zone.id', 'pod.zone')
    .leftJoin('host_seen', 'host_seen.host', 'host.id')
    .leftJoin('tally as used', (join) => join.onRef('used.id', '=', 'host.id').on('used.what', '=', 'host'))
    .selectAll('host')
    .select([
      'cluster.name as clustername',
      'cluster.hypervisor',
      'pod.id as pod',
      'pod.name as podname',
      'zone.id as zone',
      'zone.name as zonename',
      'host_seen.at as seen',
      allocated('memory').as('memoryallocated'),
      allocated('cpus').as('cpusallocated'),
    ])
    .where('host.state', '!=', 'Removed')
    .$castTo<Host>()
    .orderBy('host.created')
    .orderBy('host.id')

export interface HostFilter {
  readonly id?: string | undefined
  readonly cluster?: string | undefined
  readonly pod?: string | undefined
  readonly zone?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly hypervisor?: Hypervisor | undefined
  readonly state?: Selectable<HostTable>['state'] | undefined
  readonly resourcestate?: Selectable<HostTable>['resourcestate'] | undefined
  readonly ids?: readonly string[] | undefined
  /** Who sees to it. */
  readonly manager?: string | undefined
}

export const findHosts = (db: Kysely<Database>, filter: HostFilter, page: Page): Promise<Found<Host>> => {
  let query = hosts(db)
  if (filter.id !== undefined) query = query.where('host.id', '=', filter.id)
  if (filter.cluster !== undefined) query = query.where('cluster.id', '=', filter.cluster)
  if (filter.pod !== undefined) query = query.where('pod.id', '=', filter.pod)
  if (filter.zone !== undefined) query = query.where('zone.id', '=', filter.zone)
  if (filter.name !== undefined) query = query.where('host.name', '=', filter.name)
  if (filter.keyword) query = query.where(contains(['host.name'], filter.keyword))
  if (filter.hypervisor) query = query.where('cluster.hypervisor', '=', filter.hypervisor)
  if (filter.state) query = query.where('host.state', '=', filter.state)
  if (filter.manager !== undefined) query = query.where('host.manager', '=', filter.manager)
  if (filter.resourcestate) query = query.where('host.resourcestate', '=', filter.resourcestate)
  if (filter.ids) query = query.where('host.id', '=', sql<string>`any(${[...filter.ids]}::uuid[])`)
  return findPage(query, page, 'host.id')
}

/** The row, held until the transaction ends. */
export const lockHost = (trx: Kysely<Database>, id: string): Promise<Selectable<HostTable> | undefined> =>
  trx
    .selectFrom('host')
    .selectAll()
    .where('id', '=', id)
    .where('state', '!=', 'Removed')
    .forNoKeyUpdate()
    .executeTakeFirst()

export const findHost = (db: Kysely<Database>, id: string): Promise<Host | undefined> =>
  hosts(db).where('host.id', '=', id).executeTakeFirst()

export const insertHost = async (trx: Kysely<Database>, values: Insertable<HostTable>): Promise<string> =>
  (await trx.insertInto('host').values(values).returning('id').executeTakeFirstOrThrow()).id

export const updateHostRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<HostTable>,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('host')
    .set({ ...values, id })
    .where('id', '=', id)
    .where('state', '!=', 'Removed')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** It answered now. */
export const noteSeen = async (db: Kysely<Database>, host: string): Promise<void> => {
  await sql`insert into host_seen (host, at) select id, now() from host where id = ${host}
    on conflict (host) do update set at = excluded.at`.execute(db)
}

/** When it last answered; undefined: never yet. */
export const lastSeen = async (db: Kysely<Database>, host: string): Promise<Date | undefined> =>
  (await db.selectFrom('host_seen').select('at').where('host', '=', host).executeTakeFirst())?.at

export interface HostUse {
  readonly guests: number
  readonly routers: number
}

/** Machines that are on a host, running or not. */
export const usesOfHost = (db: Kysely<Database>, id: string): Promise<HostUse> =>
  db
    .selectNoFrom([
      sql<number>`(select count(*)::int from guest where host = ${id} or target_host = ${id})`.as('guests'),
      sql<number>`(select count(*)::int from router where host = ${id} or target_host = ${id})`.as('routers'),
    ])
    .executeTakeFirstOrThrow()

/** What kept machines from leaving the host before is tried afresh. */
export const forgetFailuresOn = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await sql`delete from backoff where (kind = 'guest' and target in (select id from guest where host = ${id}))
    or (kind = 'router' and target in (select id from router where host = ${id}))
    or (kind = 'network' and target in (
      select nic.network from nic left join guest on guest.id = nic.guest left join router on router.id = nic.router
      where guest.host = ${id} or router.host = ${id}))`.execute(trx)
}

/** Who found no room, or waits for a host, looks again. */
export const hostOpened = async (trx: Kysely<Database>): Promise<void> => {
  await sql`update backoff set retry_at = now() where code in ('SYSVM_CAPACITY', 'SYSVM_HOST_UNREACHABLE')`.execute(trx)
}

export interface HostTag {
  readonly host: string
  readonly name: string
}

export const findHostTags = async (db: Kysely<Database>, keyword: string | undefined, page: Page) => {
  const tags = db
    .selectFrom('host')
    .select(['host.id as host', sql<string>`unnest(host.hosttags)`.as('name')])
    .where(sql<boolean>`host.state <> 'Removed' and host.hosttags <> '{}'`)
  let query = db.selectFrom(tags.as('tag')).selectAll().orderBy('tag.name').orderBy('tag.host')
  if (keyword) query = query.where('tag.name', 'ilike', anywhere(keyword))
  return findPage(query, page)
}
