import { type Kysely, sql } from 'kysely'

/** A router that is to be made anew though nobody serves meanwhile: no other one could be put beside it. */
const statements = [`alter table router add column may_pause boolean not null default false`]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
