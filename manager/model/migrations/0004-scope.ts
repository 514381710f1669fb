import { type Kysely, sql } from 'kysely'

/** A router serves an isolated network or a VPC with its tiers; what a VPC has beside them. */
const vpc = [
  `create table vpc_offering (
     id uuid primary key default gen_random_uuid(),
     name text not null unique check (name <> ''),
     displaytext text not null,
     services jsonb not null,
     state text not null default 'Enabled' check (state in ('Enabled', 'Disabled')),
     isdefault boolean not null default false,
     networkmode text not null default 'NATTED' check (networkmode in ('NATTED', 'ROUTED')),
     routingmode text check (routingmode in ('Static', 'Dynamic')),
     internetprotocol text not null default 'IPv4' check (internetprotocol in ('IPv4', 'DualStack', 'IPv6')),
     created timestamptz not null default now())`,

  `create table vpc (
     id uuid primary key default gen_random_uuid(),
     zone uuid not null references zone,
     offering uuid not null references vpc_offering,
     name text not null check (name <> ''),
     displaytext text not null,
     cidr cidr not null,
     networkdomain text not null,
     state text not null default 'Enabled' check (state in ('Enabled', 'Inactive')),
     start boolean not null default true,
     revision integer not null default 1,
     restarts_wanted integer not null default 0, restarts_done integer not null default 0,
     reason text,
     created timestamptz not null default now(),
     unique (id, zone),
     check (restarts_done <= restarts_wanted))`,
  `create index vpc_order on vpc (created, id)`,

  `create table network_acl_list (
     id uuid primary key default gen_random_uuid(),
     vpc uuid references vpc on delete cascade,
     name text not null check (name <> ''),
     description text not null,
     isdefault boolean not null default false,
     created timestamptz not null default now(),
     check (vpc is not null or isdefault))`,
  `create index network_acl_list_vpc on network_acl_list (vpc)`,
  `insert into network_acl_list (name, description, isdefault) values
     ('default_allow', 'Everything passes', true),
     ('default_deny', 'Nothing comes in, everything goes out', true)`,

  `create table network_acl (
     id uuid primary key default gen_random_uuid(),
     list uuid not null references network_acl_list on delete cascade,
     number integer not null check (number > 0),
     action text not null check (action in ('Allow', 'Deny')),
     traffictype text not null check (traffictype in ('Ingress', 'Egress')),
     protocol text not null,
     startport integer, endport integer,
     icmptype integer, icmpcode integer,
     cidrlist text[] not null default '{}',
     reason text,
     created timestamptz not null default now(),
     constraint network_acl_number_taken unique (list, number) deferrable initially deferred,
     check ((startport is null) = (endport is null)),
     check (startport between 0 and endport and endport <= 65535))`,

  // A tier's nic goes, then its gateway's row: the router's machine still has it until then.
  `create table private_gateway (
     id uuid primary key default gen_random_uuid(),
     vpc uuid not null references vpc on delete cascade,
     physical_network uuid not null references physical_network,
     vlan text not null,
     address inet not null, gateway inet not null, netmask inet not null,
     source_nat boolean not null default false,
     acl uuid references network_acl_list,
     state text not null default 'Allocated' check (state in ('Allocated', 'Destroy')),
     revision integer not null default 0,
     created timestamptz not null default now(),
     constraint private_gateway_address_taken unique (physical_network, vlan, address))`,
  `create index private_gateway_vpc on private_gateway (vpc)`,

  `create table static_route (
     id uuid primary key default gen_random_uuid(),
     vpc uuid not null references vpc on delete cascade,
     cidr cidr not null,
     private_gateway uuid references private_gateway,
     nexthop inet,
     revision integer not null default 0,
     created timestamptz not null default now(),
     check (num_nonnulls(private_gateway, nexthop) = 1),
     constraint static_route_disjoint exclude using gist (vpc with =, cidr inet_ops with &&))`,
]

const network = [
  `alter table network_offering
     add column forvpc boolean not null default false,
     add column networkmode text not null default 'NATTED' check (networkmode in ('NATTED', 'ROUTED')),
     add column routingmode text check (routingmode in ('Static', 'Dynamic')),
     add column internetprotocol text not null default 'IPv4' check (internetprotocol in ('IPv4', 'DualStack', 'IPv6')),
     add column networkrate integer check (networkrate >= 0),
     add column conservemode boolean not null default true,
     add column specifyvlan boolean not null default false,
     add column capabilities jsonb not null default '{}'`,

  `alter table network
     add column vpc uuid,
     add column acl uuid references network_acl_list,
     add foreign key (vpc, zone) references vpc (id, zone),
     add constraint network_tiers_disjoint exclude using gist (vpc with =, cidr inet_ops with &&)`,
  `create index network_vpc on network (vpc) where vpc is not null`,

  `alter table router
     alter column network drop not null,
     add column vpc uuid,
     add foreign key (vpc, zone) references vpc (id, zone),
     add constraint router_one_per_vpc unique (vpc),
     add constraint router_one_scope check (num_nonnulls(network, vpc) = 1)`,

  `create table router_network (
     router uuid not null references router on delete cascade,
     network uuid not null references network on delete cascade,
     revision integer not null,
     primary key (router, network))`,
  `create index router_network_network on router_network (network)`,
  `insert into router_network (router, network, revision) select id, network, revision from router`,

  // The machine has a nic from plugged on, and until the row that leaves is gone.
  `alter table nic
     drop constraint nic_role_check,
     add constraint nic_role_check check (role in ('control', 'guest', 'public', 'private')),
     add column private_gateway uuid constraint nic_private_gateway_taken unique references private_gateway,
     add column plugged boolean not null default false,
     add column leaving boolean not null default false,
     add constraint nic_private check ((role = 'private') = (private_gateway is not null))`,
  `update nic set plugged = true where router is not null`,
]

const address = [
  // A VPC's address may lead to several tiers, so that it belongs to none.
  `alter table public_ip
     add column vpc uuid references vpc,
     add column reserved boolean not null default false,
     add column static_nat_nic uuid references nic on delete set null,
     add column static_nat_address inet,
     drop constraint public_ip_owned,
     drop constraint public_ip_check,
     add constraint public_ip_owned check ((network is null and vpc is null) = (allocated is null)),
     add constraint public_ip_source_nat_owned check (not is_source_nat or network is not null or vpc is not null)`,
  `drop index public_ip_one_source_nat`,
  `create unique index public_ip_one_source_nat on public_ip (network) where is_source_nat and vpc is null`,
  `create unique index public_ip_one_source_nat_vpc on public_ip (vpc) where is_source_nat`,
  `create index public_ip_vpc on public_ip (vpc) where vpc is not null`,
  `create index public_ip_static_nat on public_ip (static_nat_nic) where static_nat_nic is not null`,
  `drop index public_ip_free`,
  `create index public_ip_free on public_ip (address) where network is null and vpc is null and not reserved`,

  `create table ip_rule (
     id uuid primary key default gen_random_uuid(),
     public_ip uuid not null references public_ip,
     network uuid references network,
     purpose text not null check (purpose in ('PortForwarding', 'LoadBalancing', 'StaticNat', 'Vpn')),
     protocol text not null check (protocol in ('tcp', 'udp', 'all')),
     ports int4range not null check (not isempty(ports) and lower(ports) >= 0 and upper(ports) <= 65536),
     revision integer not null default 0,
     created timestamptz not null default now(),
     constraint ip_rule_disjoint exclude using gist (public_ip with =, protocol with =, ports with &&))`,
  `create index ip_rule_network on ip_rule (network)`,
]

const jobs = [
  `alter table async_job
     add column instance uuid,
     drop constraint async_job_target_kind_check,
     add constraint async_job_target_kind_check
       check (target_kind in ('host', 'router', 'guest', 'network', 'vpc', 'none'))`,
  `alter table backoff
     drop constraint backoff_kind_check,
     add constraint backoff_kind_check check (kind in ('host', 'router', 'guest', 'network', 'vpc'))`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [...vpc, ...network, ...address, ...jobs]) await sql.raw(statement).execute(db)
}
