import { type Kysely, sql } from 'kysely'

/** Since when nothing is heard of a router, whichever manager listens. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql.raw('alter table router add column silent_since timestamptz').execute(db)
}
