import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@sysvm/errors'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import { actorOf } from './actor.ts'
import type { Accounts } from './among.ts'
import { contains } from './contains.ts'
import { managerOfSession } from './database.ts'
import { ownedBy } from './ownership.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { AsyncJobTable, Database } from './schema.ts'

export type AsyncJob = Selectable<AsyncJobTable>

export interface DoneJob {
  readonly cmd: string
  readonly instancetype: string
  readonly target: string
}

/** A job that is done when it is made, for commands whose work is one transaction; `result` is kept. Returns its id. */
export const insertDoneJob = async (
  trx: Kysely<Database>,
  { cmd, instancetype, target }: DoneJob,
  result?: Readonly<Record<string, unknown>>,
): Promise<string> => {
  const { id } = await trx
    .insertInto('async_job')
    .values({
      cmd,
      target_kind: 'none',
      target,
      revision: 0,
      jobinstancetype: instancetype,
      jobstatus: 1,
      jobresult: result === undefined ? null : JSON.stringify(result),
      completed: new Date(),
      ...actorOf(trx),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** A job whose work is done by the manager that was asked, with a result of its own. Returns its id. */
export const insertOwnJob = async (trx: Kysely<Database>, { cmd, instancetype, target }: DoneJob): Promise<string> => {
  const { id } = await trx
    .insertInto('async_job')
    .values({
      ...{ cmd, target_kind: 'none', target, revision: 0, jobinstancetype: instancetype, ...actorOf(trx) },
      manager: managerOfSession,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

const endOwnJobs = (
  db: Kysely<Database>,
  which: RawBuilder<boolean>,
  { jobstatus, jobresult }: { readonly jobstatus: 1 | 2; readonly jobresult: Readonly<Record<string, unknown>> },
) =>
  db
    .updateTable('async_job')
    .set({
      jobstatus,
      jobresultcode: jobstatus === 1 ? 0 : 530,
      jobresult: JSON.stringify(jobresult),
      completed: new Date(),
    })
    .where('target_kind', '=', 'none')
    .where('jobstatus', '=', 0)
    .where(which)
    .execute()

/** Fails jobs whose manager ended in the middle of them: nobody else can end them. */
export const failLostJobs = async (db: Kysely<Database>): Promise<void> => {
  await endOwnJobs(
    db,
    sql`manager is not null and not exists (
      select from manager where manager.id = async_job.manager and manager.state = 'Up')`,
    { jobstatus: 2, jobresult: { errorcode: 530, errortext: 'The manager that worked on it ended. Ask again.' } },
  )
}

/** Waits in milliseconds before the result is written again, when the database is away: as long as that may take. */
const AGAIN_MS = [1000, 2000, 5000, 10_000, 30_000, 60_000, 60_000, 60_000]

/** Does the work and keeps its result, or why it failed; never rejects. */
export const finishOwnJob = async (
  db: Kysely<Database>,
  id: string,
  work: () => Promise<Readonly<Record<string, unknown>>>,
): Promise<void> => {
  const ending = await work().then(
    (jobresult) => ({ jobstatus: 1, jobresult }) as const,
    (error: unknown) => ({ jobstatus: 2, jobresult: { errorcode: 530, errortext: messageOf(error) } }) as const,
  )
  for (const wait of [...AGAIN_MS, 0])
    try {
      await endOwnJobs(db, sql`id = ${id}`, ending)
      return
    } catch {
      await sleep(wait, undefined, { ref: false })
    }
}

export const findJob = (db: Kysely<Database>, id: string): Promise<AsyncJob | undefined> =>
  db.selectFrom('async_job').selectAll().where('id', '=', id).executeTakeFirst()

export interface JobFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly since?: Date | undefined
  readonly keyword?: string | undefined
}

/** Running ones, as CloudStack lists them; with `since` also finished ones that began after it. */
export const findJobs = (db: Kysely<Database>, filter: JobFilter, page: Page): Promise<Found<AsyncJob>> => {
  let query = db.selectFrom('async_job').selectAll().orderBy('created', 'desc').orderBy('id')
  query = filter.since === undefined ? query.where('jobstatus', '=', 0) : query.where('created', '>=', filter.since)
  if (filter.accounts) query = query.where(ownedBy('async_job', filter.accounts))
  if (filter.keyword) query = query.where(contains(['cmd'], filter.keyword))
  return findPage(query, page)
}
