import { type Kysely, sql } from 'kysely'

const statements = [
  // Which password a job set: its answer tells that one and no later one.
  'alter table async_job add column password uuid',
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
