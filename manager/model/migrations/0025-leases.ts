import { type Kysely, sql } from 'kysely'

const statements = [
  // Counted, since clocks step: of a lease that is renewed it says nothing else when.
  `alter table manager add column renewals bigint not null default 0`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
