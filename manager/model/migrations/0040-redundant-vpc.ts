import { type Kysely, sql } from 'kysely'

/** VPCs of two routers, which hear each other on a network of their own: tiers come and go. */
const statements = [
  `alter table vpc_offering add column redundant boolean not null default false`,
  `alter table vpc add column redundant boolean not null default false`,

  `create table vpc_link (
     vpc uuid primary key references vpc on delete cascade,
     physical_network uuid not null references physical_network,
     vni integer not null,
     constraint vpc_link_vni_taken unique (physical_network, vni))`,
  `create table vpc_link_host (
     vpc uuid not null references vpc_link on delete cascade,
     host uuid not null references host,
     primary key (vpc, host))`,
  `create index vpc_link_host_host on vpc_link_host (host)`,

  `alter table nic
     drop constraint nic_role_check,
     add constraint nic_role_check check (role in ('control', 'guest', 'public', 'private', 'link'))`,

  `create trigger vpc_roles_over after delete on vpc for each row execute function resolve_role_alerts()`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
