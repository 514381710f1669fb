import { type Kysely, sql } from 'kysely'

const statements = [
  // Failed logins by name and by address: no call may be tried before `free_at`.
  `create table login_attempt (
     subject text primary key,
     failures integer not null,
     free_at timestamptz not null default now(),
     last timestamptz not null default now())`,
  `create index login_attempt_last on login_attempt (last)`,
  `create index session_last_used on session (last_used)`,

  // Accounts and domains that go with all they have; the row stays until nothing of it is left.
  `create table removal (
     id uuid primary key,
     kind text not null check (kind in ('account', 'domain')),
     revision integer not null default 1,
     reason text,
     created timestamptz not null default now())`,
  `alter table async_job
     drop constraint async_job_target_kind_check,
     add constraint async_job_target_kind_check
       check (target_kind in ('host', 'router', 'guest', 'network', 'vpc', 'removal', 'none'))`,
  `alter table backoff
     drop constraint backoff_kind_check,
     add constraint backoff_kind_check check (kind in ('host', 'router', 'guest', 'network', 'vpc', 'removal'))`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
