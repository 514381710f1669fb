import { type Kysely, sql } from 'kysely'

const ADMIN = '00000000-0000-4000-8000-000000000002'

const offerings = [
  // Of a customized offering 0 stands for what each guest chooses.
  `alter table service_offering
     drop constraint service_offering_cpunumber_check, drop constraint service_offering_memory_check,
     add column customized boolean not null default false,
     add column mincpunumber integer, add column maxcpunumber integer,
     add column minmemory integer, add column maxmemory integer,
     add column hosttags text not null default '', add column storagetags text not null default '',
     add column offerha boolean not null default false,
     add column limitcpuuse boolean not null default false,
     add column isvolatile boolean not null default false,
     add column scalable boolean not null default true,
     add column state text not null default 'Active' check (state in ('Active', 'Inactive')),
     add column systemvmtype text,
     add column details jsonb not null default '{}',
     add column domains uuid[] not null default '{}', add column zones uuid[] not null default '{}',
     add column sortkey integer not null default 0,
     add constraint service_offering_size check (customized or (cpunumber > 0 and memory > 0)),
     add constraint service_offering_cpu_range check (mincpunumber <= maxcpunumber),
     add constraint service_offering_memory_range check (minmemory <= maxmemory),
     add constraint service_offering_system_fixed check (not (issystem and customized))`,

  `create table disk_offering (
     id uuid primary key default gen_random_uuid(),
     name text not null unique check (name <> ''),
     displaytext text not null,
     disksize bigint check (disksize > 0),
     customized boolean not null default false,
     storagetype text not null default 'shared' check (storagetype in ('local', 'shared')),
     provisioningtype text not null default 'thin',
     tags text not null default '',
     displayoffering boolean not null default true,
     encrypt boolean not null default false,
     strict boolean not null default false,
     cachemode text,
     limits jsonb not null default '{}', details jsonb not null default '{}',
     domains uuid[] not null default '{}', zones uuid[] not null default '{}',
     state text not null default 'Active' check (state in ('Active', 'Inactive')),
     sortkey integer not null default 0,
     created timestamptz not null default now(),
     constraint disk_offering_size check (customized = (disksize is null)))`,
]

const guests = [
  `create table instance_group (
     id uuid primary key default gen_random_uuid(),
     account uuid not null default '${ADMIN}' references account,
     name text not null check (name <> ''),
     created timestamptz not null default now(),
     constraint instance_group_name unique (account, name))`,

  `create table affinity_group (
     id uuid primary key default gen_random_uuid(),
     account uuid not null default '${ADMIN}' references account,
     name text not null check (name <> ''),
     description text,
     type text not null,
     created timestamptz not null default now(),
     constraint affinity_group_name unique (account, name))`,

  `create table affinity_member (
     affinity_group uuid not null references affinity_group on delete cascade,
     guest uuid not null references guest on delete cascade,
     primary key (affinity_group, guest))`,
  `create index affinity_member_guest on affinity_member (guest)`,

  `alter table guest
     add column custom_cpunumber integer check (custom_cpunumber > 0),
     add column custom_cpuspeed integer check (custom_cpuspeed >= 0),
     add column custom_memory integer check (custom_memory > 0),
     add column details jsonb not null default '{}',
     add column haenable boolean not null default false,
     add column scalable boolean not null default true,
     add column protected boolean not null default false,
     add column keyboard text,
     add column default_device integer not null default 0 check (default_device >= 0),
     add column instance_group uuid references instance_group,
     add column destroyed timestamptz,
     add column only_pod uuid, add column only_cluster uuid,
     add column reinstalls_wanted integer not null default 0,
     add column reinstalls_done integer not null default 0,
     add constraint guest_reinstalls check (reinstalls_done <= reinstalls_wanted)`,
  `create index guest_instance_group on guest (instance_group) where instance_group is not null`,
  `create index guest_destroyed on guest (destroyed) where destroyed is not null`,
  `update nic set plugged = true where guest is not null`,
  `update guest set destroyed = now() where desired = 'Destroyed'`,
]

/** What guests are made by and among: sizes of their own, disk offerings, groups, affinity. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [...offerings, ...guests]) await sql.raw(statement).execute(db)
}
