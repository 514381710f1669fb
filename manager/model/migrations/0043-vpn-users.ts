import { type Kysely, sql } from 'kysely'

const statements = [
  'alter table vpn_user add column revoked boolean not null default false',
  // Whoever was removed may come again before all routers have heard of it.
  'drop index vpn_user_name_taken',
  'create unique index vpn_user_name_taken on vpn_user (account, lower(username)) where not revoked',
  // VPNs were in all offerings until now, said of none.
  `update network_offering set services = services || '{"Vpn": ["VirtualRouter"]}' where services ? 'SourceNat'`,
  `update vpc_offering set services = services || '{"Vpn": ["VirtualRouter"]}'`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
