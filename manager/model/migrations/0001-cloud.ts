import { type Kysely, sql } from 'kysely'

/**
 * The whole cloud. What may not happen is a constraint, so that no bug and no crash can make it happen:
 * two owners of one address, VNI or MAC; an allocation without an owner; two routers on one network.
 */
const statements = [
  // Exclusion constraints mix ranges with plain equality; the extension is trusted, so any owner may create it.
  `create extension if not exists btree_gist`,

  `create function address_range(inet, inet) returns int8range language sql immutable parallel safe
     return int8range($1 - inet '0.0.0.0', coalesce($2, $1) - inet '0.0.0.0', '[]')`,

  `create table zone (
     id uuid primary key default gen_random_uuid(),
     name text not null unique check (name <> ''),
     dns1 inet not null, dns2 inet, internaldns1 inet not null, internaldns2 inet,
     guestcidr cidr, domain text,
     networktype text not null check (networktype = 'Advanced'),
     allocationstate text not null default 'Enabled' check (allocationstate in ('Enabled', 'Disabled')),
     created timestamptz not null default now())`,

  `create table physical_network (
     id uuid primary key default gen_random_uuid(),
     zone uuid not null references zone,
     name text not null check (name <> ''),
     isolationmethods text not null,
     vni_from integer not null default 5001, vni_to integer not null default 9999,
     state text not null default 'Enabled' check (state in ('Enabled', 'Disabled')),
     created timestamptz not null default now(),
     unique (zone, name),
     unique (id, zone),
     check (1 <= vni_from and vni_from <= vni_to and vni_to < 16777216))`,

  `create table traffic_type (
     id uuid primary key default gen_random_uuid(),
     physical_network uuid not null references physical_network on delete cascade,
     traffictype text not null check (traffictype in ('Management', 'Guest', 'Public', 'Storage')),
     kvmnetworklabel text check (kvmnetworklabel ~ '^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,14}$'),
     unique (physical_network, traffictype))`,

  `create table network_service_provider (
     id uuid primary key default gen_random_uuid(),
     physical_network uuid not null references physical_network on delete cascade,
     name text not null check (name = 'VirtualRouter'),
     state text not null default 'Disabled' check (state in ('Enabled', 'Disabled')),
     element uuid not null unique default gen_random_uuid(),
     element_enabled boolean not null default false,
     unique (physical_network, name))`,

  `create table pod (
     id uuid primary key default gen_random_uuid(),
     zone uuid not null references zone,
     name text not null check (name <> ''),
     gateway inet not null, netmask inet not null, startip inet not null, endip inet,
     allocationstate text not null default 'Enabled' check (allocationstate in ('Enabled', 'Disabled')),
     created timestamptz not null default now(),
     unique (zone, name),
     check (endip is null or startip <= endip),
     constraint pod_ranges_disjoint
       exclude using gist (zone with =, address_range(startip, endip) with &&))`,

  `create table cluster (
     id uuid primary key default gen_random_uuid(),
     pod uuid not null references pod,
     name text not null check (name <> ''),
     hypervisor text not null check (hypervisor in ('KVM', 'Container')),
     allocationstate text not null default 'Enabled' check (allocationstate in ('Enabled', 'Disabled')),
     created timestamptz not null default now(),
     unique (pod, name))`,

  `create table host (
     id uuid primary key default gen_random_uuid(),
     cluster uuid not null references cluster,
     name text not null,
     url text not null unique,
     hostkey text,
     underlay inet,
     state text not null default 'Connecting' check (state in ('Connecting', 'Up', 'Down', 'Alert', 'Removed')),
     resourcestate text not null default 'Enabled' check (resourcestate in ('Enabled', 'Disabled', 'Maintenance')),
     reason text,
     facts jsonb,
     cpus integer not null default 0 check (cpus >= 0),
     memory_mib integer not null default 0 check (memory_mib >= 0),
     last_seen timestamptz,
     created timestamptz not null default now())`,
  `create index host_cluster on host (cluster)`,

  `create table vlan_range (
     id uuid primary key default gen_random_uuid(),
     zone uuid not null references zone,
     physical_network uuid not null,
     vlan text not null,
     gateway inet not null, netmask inet not null, startip inet not null, endip inet not null,
     created timestamptz not null default now(),
     foreign key (physical_network, zone) references physical_network (id, zone),
     unique (id, zone),
     check (startip <= endip),
     constraint vlan_range_disjoint
       exclude using gist (physical_network with =, vlan with =, address_range(startip, endip) with &&))`,

  `create table service_offering (
     id uuid primary key default gen_random_uuid(),
     name text not null check (name <> ''),
     displaytext text not null,
     cpunumber integer not null check (cpunumber > 0),
     cpuspeed integer not null check (cpuspeed >= 0),
     memory integer not null check (memory > 0),
     issystem boolean not null default false,
     created timestamptz not null default now(),
     unique (name, issystem))`,

  `create table network_offering (
     id uuid primary key default gen_random_uuid(),
     name text not null unique check (name <> ''),
     displaytext text not null,
     guestiptype text not null check (guestiptype = 'Isolated'),
     services jsonb not null,
     egressdefaultpolicy boolean not null default true,
     state text not null default 'Enabled' check (state in ('Enabled', 'Disabled')),
     isdefault boolean not null default false,
     created timestamptz not null default now())`,

  `create table template (
     id uuid primary key default gen_random_uuid(),
     name text not null check (name <> ''),
     displaytext text not null,
     image text not null check (image ~ '^[0-9a-f]{64}$'),
     kind text not null check (kind in ('system', 'guest')),
     isready boolean not null default false,
     created timestamptz not null default now(),
     unique (name, kind))`,

  `create table network (
     id uuid primary key default gen_random_uuid(),
     zone uuid not null,
     physical_network uuid not null,
     offering uuid not null references network_offering,
     name text not null check (name <> ''),
     displaytext text not null,
     cidr cidr not null, gateway inet not null,
     networkdomain text not null,
     vni integer,
     state text not null default 'Allocated'
       check (state in ('Allocated', 'Implementing', 'Implemented', 'Shutdown', 'Destroy')),
     revision integer not null default 1,
     restarts_wanted integer not null default 0, restarts_done integer not null default 0,
     reason text,
     created timestamptz not null default now(),
     foreign key (physical_network, zone) references physical_network (id, zone),
     unique (id, zone),
     constraint network_vni_taken unique (physical_network, vni),
     check (gateway << cidr),
     check (restarts_done <= restarts_wanted))`,
  `create index network_zone on network (zone)`,

  // An address is released by clearing it before its network goes: the foreign key forbids the other order.
  `create table public_ip (
     id uuid primary key default gen_random_uuid(),
     range uuid not null references vlan_range,
     address inet not null,
     network uuid references network,
     is_source_nat boolean not null default false,
     allocated timestamptz,
     unique (range, address),
     unique (id, network),
     constraint public_ip_owned check ((network is null) = (allocated is null)),
     check (network is not null or not is_source_nat))`,
  `create unique index public_ip_one_source_nat on public_ip (network) where is_source_nat`,
  `create index public_ip_network on public_ip (network)`,

  `create table router (
     id uuid primary key default gen_random_uuid(),
     number integer not null generated always as identity unique,
     zone uuid not null,
     network uuid not null,
     host uuid references host,
     linklocal inet not null,
     host_key_private text not null, host_key_public text not null,
     image text check (image ~ '^[0-9a-f]{64}$'),
     desired text not null default 'Running' check (desired in ('Running', 'Stopped', 'Destroyed')),
     state text not null default 'Starting'
       check (state in ('Starting', 'Running', 'Stopping', 'Stopped', 'Error', 'Destroyed')),
     reason text,
     reboots_wanted integer not null default 0, reboots_done integer not null default 0,
     generation integer not null default 0,
     revision integer not null default 0,
     spec_sha256 text,
     created timestamptz not null default now(),
     foreign key (network, zone) references network (id, zone),
     constraint router_one_per_network unique (network),
     constraint router_linklocal_taken unique (zone, linklocal),
     check (linklocal << inet '169.254.0.0/16' and not linklocal <<= inet '169.254.0.0/24'
            and not linklocal <<= inet '169.254.255.0/24' and linklocal <> inet '169.254.169.254'),
     check (reboots_done <= reboots_wanted))`,
  `create index router_host on router (host)`,

  `create table guest (
     id uuid primary key default gen_random_uuid(),
     number integer not null generated always as identity unique,
     name text not null check (name <> ''),
     displayname text not null,
     zone uuid not null references zone,
     offering uuid not null references service_offering,
     template uuid not null references template,
     host uuid references host,
     userdata text,
     desired text not null default 'Running' check (desired in ('Running', 'Stopped', 'Destroyed', 'Expunged')),
     state text not null default 'Starting'
       check (state in ('Starting', 'Running', 'Stopping', 'Stopped', 'Destroyed', 'Expunging', 'Error')),
     reason text,
     reboots_wanted integer not null default 0, reboots_done integer not null default 0,
     revision integer not null default 1,
     created timestamptz not null default now(),
     check (reboots_done <= reboots_wanted))`,
  `create index guest_host on guest (host)`,
  `create index guest_zone on guest (zone)`,

  `create table nic (
     id uuid primary key default gen_random_uuid(),
     guest uuid references guest on delete cascade,
     router uuid references router on delete cascade,
     network uuid references network,
     public_ip uuid references public_ip,
     role text not null check (role in ('control', 'guest', 'public')),
     device integer not null check (device >= 0),
     mac macaddr constraint nic_mac_taken unique,
     address inet,
     gateway inet, netmask inet,
     revision integer not null default 0,
     check (num_nonnulls(guest, router) = 1),
     check (guest is null or role = 'guest'),
     check ((role = 'guest') = (network is not null)),
     check ((role = 'public') = (public_ip is not null)),
     unique (guest, device),
     unique (router, device),
     constraint nic_address_taken unique (network, address),
     constraint nic_public_ip_taken unique (public_ip))`,

  `create table async_job (
     id uuid primary key default gen_random_uuid(),
     cmd text not null,
     target_kind text not null check (target_kind in ('host', 'router', 'guest', 'network', 'none')),
     target uuid not null,
     revision integer not null,
     jobstatus integer not null default 0 check (jobstatus in (0, 1, 2)),
     jobresultcode integer not null default 0,
     jobresult jsonb,
     jobinstancetype text,
     created timestamptz not null default now(),
     completed timestamptz,
     constraint async_job_ends_once check ((jobstatus = 0) = (completed is null)))`,
  `create index async_job_running on async_job (target_kind, target) where jobstatus = 0`,

  `create table backoff (
     kind text not null check (kind in ('host', 'router', 'guest', 'network')),
     target uuid not null,
     failures integer not null check (failures > 0),
     retry_at timestamptz not null,
     code text not null,
     primary key (kind, target))`,

  `create table network_host (
     network uuid not null references network on delete cascade,
     host uuid not null references host,
     primary key (network, host))`,
  `create index network_host_host on network_host (host)`,

  `create table configuration (name text primary key, value text not null)`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
