import { type Kysely, sql } from 'kysely'

const statements = [
  // Written every few seconds: not in the wide row of a router.
  `create table router_lease (
     router uuid primary key references router on delete cascade,
     host uuid not null references host on delete cascade,
     seq bigint not null,
     until timestamptz not null,
     seconds integer not null,
     held boolean not null default false
   ) with (fillfactor = 50)`,
  'create index router_lease_host on router_lease (host)',
  'create sequence router_lease_seq',
  // Of routers too.
  'alter table left_behind rename column guest to owner',
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
