import type { Kysely, Selectable } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { AsyncJobTable, Database } from './schema.ts'

export type AsyncJob = Selectable<AsyncJobTable>

export interface DoneJob {
  readonly cmd: string
  readonly instancetype: string
  readonly target: string
}

/** A job that is done when it is made, for commands whose work is one transaction. Returns its id. */
export const insertDoneJob = async (trx: Kysely<Database>, { cmd, instancetype, target }: DoneJob): Promise<string> => {
  const { id } = await trx
    .insertInto('async_job')
    .values({
      cmd,
      target_kind: 'none',
      target,
      revision: 0,
      jobinstancetype: instancetype,
      jobstatus: 1,
      completed: new Date(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export const findJob = (db: Kysely<Database>, id: string): Promise<AsyncJob | undefined> =>
  db.selectFrom('async_job').selectAll().where('id', '=', id).executeTakeFirst()

export interface JobFilter {
  readonly since?: Date | undefined
  readonly keyword?: string | undefined
}

/** Running ones, as CloudStack lists them; with `since` also finished ones that began after it. */
export const findJobs = (db: Kysely<Database>, filter: JobFilter, page: Page): Promise<Found<AsyncJob>> => {
  let query = db.selectFrom('async_job').selectAll().orderBy('created', 'desc').orderBy('id')
  query = filter.since === undefined ? query.where('jobstatus', '=', 0) : query.where('created', '>=', filter.since)
  if (filter.keyword) query = query.where('cmd', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}
