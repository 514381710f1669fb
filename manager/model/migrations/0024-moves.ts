import { type Kysely, sql } from 'kysely'

const statements = [
  // When a guest's move last came on; its jobs are not overdue meanwhile.
  `alter table guest add column progress timestamptz`,
  `create index guest_progress on guest (progress) where progress is not null`,

  // What a host that did not answer may have got of a machine that went on elsewhere.
  `create table left_behind (
     number bigint generated always as identity primary key,
     host uuid not null references host on delete cascade,
     guest uuid not null,
     machine text not null)`,
  `create index left_behind_host on left_behind (host)`,

  // Hosts that were removed by force and did not answer: what they run ends when they come back.
  `create table former_host (
     id uuid primary key,
     name text not null,
     url text not null,
     hypervisor text not null,
     hostkey text,
     created timestamptz not null default now())`,
  `create index former_host_url on former_host (url)`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
