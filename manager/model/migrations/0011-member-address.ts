import { type Kysely, sql } from 'kysely'

const statements = [
  // A member may be one of a nic's further addresses; with that address it goes.
  `alter table load_balancer_member
     drop constraint load_balancer_member_pkey,
     add column secondary uuid references nic_secondary_ip on delete cascade`,
  `create unique index load_balancer_member_once on load_balancer_member (rule, nic, coalesce(secondary, nic))`,
  `create index load_balancer_member_secondary on load_balancer_member (secondary) where secondary is not null`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
