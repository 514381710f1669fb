import { type Kysely, sql } from 'kysely'

const statements = [
  // As it was asked for: Terraform makes an offering anew that says otherwise.
  `alter table service_offering
     add column storagetype text not null default 'local' check (storagetype in ('local', 'shared'))`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
