import { type Kysely, sql } from 'kysely'

/** BGP peers, numbers of autonomous systems and subnets of routed networks. */
const routing = [
  `create table asn_range (
     id uuid primary key default gen_random_uuid(),
     zone uuid not null references zone,
     startasn bigint not null, endasn bigint not null,
     created timestamptz not null default now(),
     check (startasn between 1 and endasn and endasn <= 4294967294),
     constraint asn_range_disjoint exclude using gist (zone with =, int8range(startasn, endasn, '[]') with &&))`,

  // A number is free when neither a network nor a VPC has it.
  `create table as_number (
     id uuid primary key default gen_random_uuid(),
     range uuid not null references asn_range,
     zone uuid not null references zone,
     asn bigint not null,
     network uuid unique references network on delete set null,
     vpc uuid unique references vpc on delete set null,
     allocated timestamptz,
     created timestamptz not null default now(),
     unique (zone, asn),
     check (num_nonnulls(network, vpc) <= 1))`,
  `create index as_number_order on as_number (zone, asn)`,

  `create table bgp_peer (
     id uuid primary key default gen_random_uuid(),
     zone uuid not null references zone,
     ipaddress inet, ip6address inet,
     asnumber bigint not null check (asnumber between 1 and 4294967294),
     password text,
     details jsonb not null default '{}',
     dedicated boolean not null default false,
     created timestamptz not null default now(),
     check (num_nonnulls(ipaddress, ip6address) > 0),
     constraint bgp_peer_ipaddress_taken unique (zone, ipaddress),
     constraint bgp_peer_ip6address_taken unique (zone, ip6address))`,

  // Whose router talks to which peers; who names none talks to those of its zone that are nobody's own.
  `create table bgp_peer_scope (
     peer uuid not null references bgp_peer,
     network uuid references network on delete cascade,
     vpc uuid references vpc on delete cascade,
     check (num_nonnulls(network, vpc) = 1),
     unique (peer, network), unique (peer, vpc))`,
  `create index bgp_peer_scope_network on bgp_peer_scope (network)`,
  `create index bgp_peer_scope_vpc on bgp_peer_scope (vpc)`,

  `create table zone_subnet (
     id uuid primary key default gen_random_uuid(),
     zone uuid not null references zone,
     subnet cidr not null,
     created timestamptz not null default now(),
     constraint zone_subnet_disjoint exclude using gist (zone with =, subnet inet_ops with &&))`,
  `create table guest_subnet (
     id uuid primary key default gen_random_uuid(),
     parent uuid not null references zone_subnet,
     subnet cidr not null,
     network uuid unique references network on delete set null,
     created timestamptz not null default now(),
     allocated timestamptz,
     constraint guest_subnet_disjoint exclude using gist (parent with =, subnet inet_ops with &&))`,
]

const netboot = [
  `create table netboot (
     guest uuid primary key references guest on delete cascade,
     kernel text, initrd text[] not null default '{}', arguments text not null default '',
     script text,
     created timestamptz not null default now(),
     check (num_nonnulls(kernel, script) = 1))`,
]

/** Sums outlive routers, guests and networks: they are what was used. */
const traffic = [
  `create table router_traffic (
     router uuid not null references router on delete cascade,
     kind text not null check (kind in ('Guest', 'PublicIp')),
     address inet not null,
     received_bytes bigint not null, received_packets bigint not null,
     sent_bytes bigint not null, sent_packets bigint not null,
     primary key (router, kind, address))`,
  `create table traffic (
     kind text not null check (kind in ('Guest', 'PublicIp')),
     subject uuid not null,
     network uuid, vpc uuid, guest uuid,
     address inet not null,
     received_bytes bigint not null default 0, received_packets bigint not null default 0,
     sent_bytes bigint not null default 0, sent_packets bigint not null default 0,
     created timestamptz not null default now(),
     updated timestamptz not null default now(),
     constraint traffic_subject unique nulls not distinct (kind, subject, network, vpc))`,
  `create index traffic_network on traffic (network)`,
  `create index traffic_guest on traffic (guest) where guest is not null`,
  `create index traffic_order on traffic (created, kind, subject)`,
  `create table router_traffic_read (
     router uuid primary key references router on delete cascade,
     at timestamptz not null)`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [...routing, ...netboot, ...traffic]) await sql.raw(statement).execute(db)
}
