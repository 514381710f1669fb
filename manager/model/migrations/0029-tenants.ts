import { type Kysely, sql } from 'kysely'

const statements = [
  // Which password a job set: its answer tells that one and no later one.
  'alter table async_job add column password uuid',

  // Whose networks have a dedicated peer unasked: one account's, or those of the accounts of a domain. Without them it
  // stays with whoever names it.
  `alter table bgp_peer
     add column account uuid references account on delete set null,
     add column domain uuid references domain on delete set null,
     add constraint bgp_peer_dedicated check (account is null and domain is null or dedicated and (account is null or domain is null))`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
