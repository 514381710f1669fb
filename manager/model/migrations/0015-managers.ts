import { type Kysely, sql } from 'kysely'

/** Who manages, by lease; which manager sees to which host; jobs that were cancelled. */
const statements = [
  `create table manager (
     id uuid primary key,
     name text not null,
     address text not null,
     version text not null,
     process text not null,
     state text not null default 'Up' check (state in ('Up', 'Down')),
     epoch bigint not null,
     started timestamptz not null default now(),
     heartbeat timestamptz not null default now(),
     stopped timestamptz,
     constraint manager_stopped check ((state = 'Down') = (stopped is not null)))`,
  `create index manager_state on manager (state, started, id)`,

  // One row: the newest fencing epoch, and which keys the secrets in here are sealed with.
  `create table fence (
     id boolean primary key default true check (id),
     epoch bigint not null default 0,
     keys text)`,
  `insert into fence default values`,

  // Milliseconds of the clock, so that no backup that is restored brings an old epoch back.
  `create function raise_epoch() returns bigint language sql as $$
     update fence set epoch = greatest(epoch + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint)
     returning epoch $$`,

  `alter table host
     add column manager uuid references manager on delete set null,
     add column epoch bigint not null default 0`,
  `create index host_manager on host (manager)`,

  `alter table async_job
     drop constraint async_job_jobstatus_check,
     add constraint async_job_jobstatus_check check (jobstatus in (0, 1, 2, 3))`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
