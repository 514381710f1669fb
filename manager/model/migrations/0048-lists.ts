import { type Kysely, sql } from 'kysely'

const statements = [
  // Written every few seconds: in the wide row of a host each would leave a dead copy of all that hardly ever changes.
  `create table host_seen (
     host uuid primary key references host on delete cascade,
     at timestamptz not null,
     epoch bigint
   ) with (fillfactor = 50)`,
  'insert into host_seen select id, last_seen, seen_epoch from host where last_seen is not null',
  'alter table host drop column last_seen, drop column seen_epoch',
  // Those that may be given a machine are counted from it alone.
  `create index host_fit on host (cluster) include (cpus, memory_mib) where state = 'Up' and resourcestate = 'Enabled'`,
  // Which types there are: with few of them it is small.
  'create index event_types on event (type)',
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
