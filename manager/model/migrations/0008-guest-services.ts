import { type Kysely, sql } from 'kysely'

/** What a router tells its guests: user data, keys, passwords, options, further addresses, IPv6. */
const guests = [
  `create table user_data (
     id uuid primary key default gen_random_uuid(),
     name text not null unique check (name <> ''),
     userdata text not null,
     params text,
     created timestamptz not null default now())`,

  `create table ssh_keypair (
     id uuid primary key default gen_random_uuid(),
     name text not null unique check (name <> ''),
     public_key text not null,
     fingerprint text not null,
     created timestamptz not null default now())`,

  // Keys are copied: what a guest was given stays its own when the pair is deleted.
  `alter table guest
     add column userdata_id uuid references user_data,
     add column userdata_details jsonb not null default '{}',
     add column keypairs text[] not null default '{}',
     add column public_keys text[] not null default '{}',
     add column password_id uuid,
     add column password_sealed text,
     add column password_encrypted text,
     add constraint guest_password_whole check ((password_id is null) = (password_sealed is null))`,
  `create index guest_userdata on guest (userdata_id) where userdata_id is not null`,

  `alter table nic
     add column dhcp_options jsonb not null default '[]',
     add column address6 inet`,
  `create unique index nic_address6_taken on nic (network, address6) where network is not null`,

  // An address is one guest's, whether its first or a further one; the network's row is locked by who takes one.
  `create table nic_secondary_ip (
     id uuid primary key default gen_random_uuid(),
     nic uuid not null references nic on delete cascade,
     network uuid not null references network,
     address inet not null,
     created timestamptz not null default now(),
     constraint nic_secondary_ip_taken unique (network, address))`,
  `create index nic_secondary_ip_nic on nic_secondary_ip (nic)`,
]

const ipv6 = [
  `create table ipv6_prefix (
     id uuid primary key default gen_random_uuid(),
     zone uuid not null references zone,
     prefix cidr not null check (family(prefix) = 6 and masklen(prefix) between 16 and 64),
     created timestamptz not null default now(),
     constraint ipv6_prefix_disjoint exclude using gist (zone with =, prefix inet_ops with &&))`,

  `alter table network
     add column dns1 inet, add column dns2 inet,
     add column ip6dns1 inet, add column ip6dns2 inet,
     add column ip6prefix uuid references ipv6_prefix,
     add column ip6cidr cidr,
     add column ip6gateway inet,
     add constraint network_ip6 check (num_nonnulls(ip6cidr, ip6gateway) in (0, 2)),
     add constraint network_ip6_subnet check (family(ip6cidr) = 6 and masklen(ip6cidr) = 64 and ip6gateway << ip6cidr),
     add constraint network_ip6_taken exclude using gist (zone with =, ip6cidr inet_ops with &&)`,

  `alter table vlan_range
     add column ip6gateway inet, add column ip6cidr cidr,
     add column startipv6 inet, add column endipv6 inet,
     add constraint vlan_range_ip6 check (num_nonnulls(ip6gateway, ip6cidr) in (0, 2)),
     add constraint vlan_range_ip6_pool check (
       num_nonnulls(startipv6, endipv6) in (0, 2) and (startipv6 is null or
         (ip6cidr is not null and startipv6 << ip6cidr and endipv6 << ip6cidr and startipv6 <= endipv6)))`,

  // A router takes the first free address of its range; without a pool it makes one of its MAC address.
  `create function take_public_address6() returns trigger language plpgsql as $$
     declare pool record;
     begin
       select range.id, range.startipv6, range.endipv6 into pool
         from public_ip join vlan_range range on range.id = public_ip.range where public_ip.id = new.public_ip;
       if pool.startipv6 is null or new.address6 is not null then
         return new;
       end if;
       perform pg_advisory_xact_lock(hashtextextended('address6/' || pool.id, 0));
       select candidate into new.address6 from (
         select pool.startipv6 as candidate
         union select taken.address6 + 1 from nic taken
           where taken.role = 'public' and taken.address6 between pool.startipv6 and pool.endipv6) free
         where candidate <= pool.endipv6
           and not exists (select from nic taken where taken.role = 'public' and taken.address6 = candidate)
         order by candidate limit 1;
       return new;
     end $$`,
  `create trigger nic_public_address6 before insert on nic
     for each row when (new.role = 'public') execute function take_public_address6()`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [...guests, ...ipv6]) await sql.raw(statement).execute(db)
}
