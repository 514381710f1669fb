import { type ErrorCode, messageOf, SysvmError } from '@sysvm/errors'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../model/database.ts'
import type { Target } from './queue.ts'

/** CloudStack's number for a job that failed: 533 no room, else 530. */
const resultCode = (code: string): number => (code === 'SYSVM_CAPACITY' ? 533 : 530)

export const codeOf = (error: unknown): ErrorCode | 'SYSVM_INTERNAL' =>
  error instanceof SysvmError ? error.code : 'SYSVM_INTERNAL'

/** Jobs of the target that wait; the changes they came with are visible to everything read after this. */
export const waitingJobs = async (db: Kysely<Database>, target: Target): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('async_job')
    .select('id')
    .where('target_kind', '=', target.kind)
    .where('target', '=', target.id)
    .where('jobstatus', '=', 0)
    .execute()
  return rows.map(({ id }) => id)
}

/** Says of each job, once, that somebody began with it: the event between that of its making and that of its end. */
export const tellBegun = async (db: Kysely<Database>, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  await sql`
    insert into event (account, cloud_user, username, type, state, description, resource, resource_type, resource_name, parent)
    select account, cloud_user, username, type, 'Started', regexp_replace(description, ': scheduled$', ': started'),
           resource, resource_type, resource_name, id
    from event made where id = any(${ids}::uuid[]) and state = 'Scheduled'
      and not exists (select from event later where later.parent = made.id)`.execute(db)
}

/** A job ends once: one that ended already is left as it is. The result is rendered when a client asks for it. */
export const completeJobs = async (db: Kysely<Database>, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  await db
    .updateTable('async_job')
    .set({ jobstatus: 1, jobresult: '{}', completed: sql`now()` })
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .where('jobstatus', '=', 0)
    .execute()
}

export const failJobs = async (db: Kysely<Database>, ids: readonly string[], error: unknown): Promise<void> => {
  if (ids.length === 0) return
  const errorcode = resultCode(codeOf(error))
  await db
    .updateTable('async_job')
    .set({
      jobstatus: 2,
      jobresultcode: errorcode,
      jobresult: JSON.stringify({ errorcode, errortext: messageOf(error) }),
      completed: sql`now()`,
    })
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .where('jobstatus', '=', 0)
    .execute()
}
