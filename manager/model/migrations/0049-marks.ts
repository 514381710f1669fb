import { type Kysely, sql } from 'kysely'

const statements = [
  // Trigrams are of letters and digits alone: as one letter what stands between them is part of some.
  `create index event_marks on event using gin (
     translate(type || ' ' || level || ' ' || description, ' -._:/@,;()''"=+#', 'qqqqqqqqqqqqqqqq') gin_trgm_ops)`,
  // How many guests of a host run is told from it alone.
  'drop index guest_host',
  'create index guest_host on guest (host) include (state)',
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
