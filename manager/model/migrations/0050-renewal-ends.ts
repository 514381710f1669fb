import { type Kysely, sql } from 'kysely'

const statements = [
  // Whoever asked for firmware is told where it does not come up.
  `alter table async_job add column firmware text`,
  // Since when it runs beside the one that it is to replace.
  `alter table router add column joined timestamptz`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
