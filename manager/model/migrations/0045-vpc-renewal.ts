import { type Kysely, sql } from 'kysely'

/** The one router of a VPC that is to go as soon as another one beside it has taken over. */
const statements = [`alter table vpc add column renews uuid`]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
