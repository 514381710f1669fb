import { type Kysely, sql } from 'kysely'
import type { Jobs } from '../../jobs/index.ts'
import type { Database } from '../../model/database.ts'
import { settingsAt } from '../../model/settings/index.ts'

/** Guests of one look: the rest waits for the next. */
const BATCH = 500

/** Whether it is time for the next look; the moment is written down, for one manager of all. */
const isDue = async (db: Kysely<Database>, interval: number): Promise<boolean> => {
  const { rows } = await sql`
    insert into record_task as task (name, done) values ('expunge', now())
    on conflict (name) do update set done = excluded.done
      where task.done <= excluded.done - make_interval(secs => ${interval})
    returning name`.execute(db)
  return rows.length > 0
}

/** Guests that were destroyed longer than `expunge.delay` ago are to be expunged. Returns how many. */
export const expungeOverdue = async (db: Kysely<Database>, jobs: Jobs): Promise<number> => {
  const set = await settingsAt(db, ['expunge.delay', 'expunge.interval'])
  if (!(await isDue(db, Number(set['expunge.interval'])))) return 0
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string }>`
      update guest set desired = 'Expunged', revision = revision + 1 where id in (
        select id from guest
        where desired = 'Destroyed' and not protected
          and destroyed < now() - make_interval(secs => ${Number(set['expunge.delay'])})
        order by destroyed limit ${BATCH} for update skip locked)
      returning id`.execute(trx)
    for (const { id } of rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))) await jobs.wake(trx, 'guest', id)
    return rows.length
  })
}
