import { type Kysely, sql } from 'kysely'

const statements = [
  // What failed was this revision; a newer one is tried at once, as is what a client asked for since.
  'alter table backoff add column revision integer not null default 0',
  'alter table backoff add column failed_at timestamptz not null default now()',
  // A free address is found without a look at those that are taken.
  'create index public_ip_free on public_ip (address) where network is null',
  'create index async_job_completed on async_job (completed) where completed is not null',
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
