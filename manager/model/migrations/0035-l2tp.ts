import { type Kysely, sql } from 'kysely'

const statements = [
  `create table remote_access_l2tp (
     vpn uuid primary key references remote_access_vpn on delete cascade,
     presharedkey text not null)`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
