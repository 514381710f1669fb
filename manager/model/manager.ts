import { type Kysely, type Selectable, sql } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, ManagerTable } from './schema.ts'

export type Manager = Omit<Selectable<ManagerTable>, 'epoch' | 'process' | 'renewals'> & {
  /** Hosts that it sees to. */
  readonly hosts: number
}

export interface ManagerFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
}

/** Those that are up, and those that were not long ago; the oldest first. */
export const findManagers = (db: Kysely<Database>, filter: ManagerFilter, page: Page): Promise<Found<Manager>> => {
  let query = db
    .selectFrom('manager')
    .select(['id', 'name', 'address', 'version', 'state', 'started', 'heartbeat', 'stopped'])
    .select(sql<number>`(select count(*)::int from host where host.manager = manager.id)`.as('hosts'))
    .orderBy('started')
    .orderBy('id')
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}

/** Hosts that a manager sees to. */
export const ownedHosts = async (db: Kysely<Database>, manager: string): Promise<string[]> =>
  (await db.selectFrom('host').select('id').where('manager', '=', manager).execute()).map(({ id }) => id)

/** Jobs that nobody has ended yet. */
export const countPendingJobs = async (db: Kysely<Database>): Promise<number> =>
  (
    await db
      .selectFrom('async_job')
      .select(sql<number>`count(*)::int`.as('count'))
      .where('jobstatus', '=', 0)
      .executeTakeFirstOrThrow()
  ).count
