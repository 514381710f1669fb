import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'

/** Every end of every job, written by the database itself. */
export const watchJobs = async (db: Kysely<Database>): Promise<void> => {
  await sql.raw('create table ended (job uuid not null)').execute(db)
  await sql
    .raw(`create function note_end() returns trigger language plpgsql as
      'begin insert into ended values (new.id); return new; end'`)
    .execute(db)
  await sql
    .raw('create trigger note_end after update of completed on async_job for each row execute function note_end()')
    .execute(db)
}
