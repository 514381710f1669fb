import { type Kysely, sql } from 'kysely'

const RESOURCE_STATES = `'Enabled', 'Disabled', 'PrepareForMaintenance', 'Maintenance', 'ErrorInMaintenance'`

/** Hosts that are emptied for maintenance, tags of hosts, machines that move to another one, upgrades of routers. */
const statements = [
  `alter table host
     drop constraint host_resourcestate_check,
     add constraint host_resourcestate_check check (resourcestate in (${RESOURCE_STATES})),
     add column hosttags text[] not null default '{}',
     add column abandoned boolean not null default false`,

  // A machine that moves counts on both hosts until it is at the one, and its networks reach both.
  ...['guest', 'router'].flatMap((table) => [
    `alter table ${table}
       add column moving boolean not null default false,
       add column target_host uuid references host on delete set null,
       add constraint ${table}_target check (target_host is null or moving)`,
    `create index ${table}_target_host on ${table} (target_host) where target_host is not null`,
  ]),
  `alter table guest drop constraint guest_state_check, add constraint guest_state_check check (state in
     ('Starting', 'Running', 'Stopping', 'Stopped', 'Destroyed', 'Expunging', 'Migrating', 'Error'))`,
  `alter table router drop constraint router_state_check, add constraint router_state_check check (state in
     ('Starting', 'Running', 'Stopping', 'Stopped', 'Migrating', 'Error', 'Destroyed'))`,

  // The image to go back to when the one it is being upgraded to does not come up.
  `alter table router add column former_image text check (former_image ~ '^[0-9a-f]{64}$'),
     add column next_image text check (next_image ~ '^[0-9a-f]{64}$')`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
