import { type Kysely, sql } from 'kysely'

const statements = [
  // The image whose firmware a router that runs is to be given, and whether also where it has it.
  `alter table router
     add column next_firmware text check (next_firmware ~ '^[0-9a-f]{64}$'),
     add column patch_forced boolean not null default false`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
