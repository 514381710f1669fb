import { type Kysely, sql } from 'kysely'

const statements = [
  // Counted, since clocks step: of a lease that is renewed it says nothing else when.
  `alter table manager add column renewals bigint not null default 0`,

  // Who works on a job that no reconciler can end.
  `alter table async_job add column manager uuid`,

  // Under which epoch its manager has looked at it: whoever takes it over looks at once.
  `alter table host add column seen_epoch bigint`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
