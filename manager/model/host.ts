import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { sizeOf } from './guest.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, HostTable } from './schema.ts'

export type Host = Selectable<HostTable> & {
  readonly clustername: string
  readonly hypervisor: 'KVM' | 'Container'
  readonly pod: string
  readonly podname: string
  readonly zone: string
  readonly zonename: string
  /** What guests that should run here were promised. */
  readonly memoryallocated: number
  readonly cpusallocated: number
}

// Subqueries by host, so that a page of hosts costs index look-ups and not a scan of all guests.
const allocated = (column: 'memory' | 'cpunumber') => sql<number>`coalesce((
  select sum(${sizeOf(column)})::int from guest
  join service_offering on service_offering.id = guest.offering
  where guest.host = host.id and guest.desired = 'Running'), 0)`

// Left joins though nothing is missing: the planner drops those that a count does not need.
const hosts = (db: Kysely<Database>) =>
  db
    .selectFrom('host')
    .leftJoin('cluster', 'cluster.id', 'host.cluster')
    .leftJoin('pod', 'pod.id', 'cluster.pod')
    .leftJoin('zone', 'zone.id', 'pod.zone')
    .selectAll('host')
    .select([
      'cluster.name as clustername',
      'cluster.hypervisor',
      'pod.id as pod',
      'pod.name as podname',
      'zone.id as zone',
      'zone.name as zonename',
      allocated('memory').as('memoryallocated'),
      allocated('cpunumber').as('cpusallocated'),
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
  readonly hypervisor?: 'KVM' | 'Container' | undefined
  readonly state?: Selectable<HostTable>['state'] | undefined
  readonly resourcestate?: Selectable<HostTable>['resourcestate'] | undefined
}

export const findHosts = (db: Kysely<Database>, filter: HostFilter, page: Page): Promise<Found<Host>> => {
  let query = hosts(db)
  if (filter.id !== undefined) query = query.where('host.id', '=', filter.id)
  if (filter.cluster !== undefined) query = query.where('cluster.id', '=', filter.cluster)
  if (filter.pod !== undefined) query = query.where('pod.id', '=', filter.pod)
  if (filter.zone !== undefined) query = query.where('zone.id', '=', filter.zone)
  if (filter.name !== undefined) query = query.where('host.name', '=', filter.name)
  if (filter.keyword) query = query.where('host.name', 'ilike', anywhere(filter.keyword))
  if (filter.hypervisor) query = query.where('cluster.hypervisor', '=', filter.hypervisor)
  if (filter.state) query = query.where('host.state', '=', filter.state)
  if (filter.resourcestate) query = query.where('host.resourcestate', '=', filter.resourcestate)
  return findPage(query, page, 'host.id')
}

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

export interface HostUse {
  readonly guests: number
  readonly routers: number
}

/** Machines that are on a host, running or not. */
export const usesOfHost = (db: Kysely<Database>, id: string): Promise<HostUse> =>
  db
    .selectNoFrom([
      sql<number>`(select count(*)::int from guest where host = ${id})`.as('guests'),
      sql<number>`(select count(*)::int from router where host = ${id})`.as('routers'),
    ])
    .executeTakeFirstOrThrow()
