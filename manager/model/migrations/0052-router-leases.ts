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

  // What the hosts have of deadlines is not known, as after a restore: each is asked to take them away, or gets new ones.
  // Numbers are milliseconds of the clock, so that no backup that is restored brings old ones back.
  `create function doubt_router_leases() returns void language plpgsql as $$
   begin
     lock table router_lease in share row exclusive mode;
     perform setval('router_lease_seq',
       greatest(nextval('router_lease_seq'), (extract(epoch from clock_timestamp()) * 1000)::bigint));
     insert into router_lease as lease (router, host, seq, until, seconds)
       select id, host, nextval('router_lease_seq'), clock_timestamp(), 0 from router where host is not null
       on conflict (router) do update set host = excluded.host, seq = excluded.seq, held = false;
   end $$`,
  'select doubt_router_leases()',
  // Of routers too.
  'alter table left_behind rename column guest to owner',
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
