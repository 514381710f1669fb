import { type Kysely, sql } from 'kysely'

/**
 * Load balancing. A public rule is an `ip_rule` of its address under the same id, so that no other rule of the address
 * has its port; an internal one has an address of its own on a tier.
 */
const statements = [
  `create table load_balancer_rule (
     id uuid primary key default gen_random_uuid(),
     scheme text not null check (scheme in ('Public', 'Internal')),
     ip_rule uuid unique references ip_rule on delete cascade check (ip_rule = id),
     network uuid not null references network on delete cascade,
     source_network uuid references network on delete cascade,
     source_address inet,
     name text not null check (name <> ''),
     description text,
     protocol text not null check (protocol in ('tcp', 'udp', 'tcp-proxy', 'http', 'ssl')),
     algorithm text not null check (algorithm in ('roundrobin', 'leastconn', 'source')),
     public_port integer not null check (public_port between 1 and 65535),
     private_port integer not null check (private_port between 1 and 65535),
     cidrs text[] not null default '{}',
     limits jsonb not null default '{}',
     timeouts jsonb not null default '{}',
     revision integer not null default 0,
     created timestamptz not null default now(),
     check ((scheme = 'Public') = (ip_rule is not null)),
     check ((scheme = 'Internal') = (source_address is not null)),
     check ((source_address is null) = (source_network is null)),
     constraint load_balancer_port_taken unique (source_network, source_address, public_port))`,
  `create index load_balancer_rule_network on load_balancer_rule (network)`,

  // A member is a nic: when the guest goes, or leaves the network, so does the member.
  `create table load_balancer_member (
     rule uuid not null references load_balancer_rule on delete cascade,
     nic uuid not null references nic on delete cascade,
     created timestamptz not null default now(),
     primary key (rule, nic))`,
  `create index load_balancer_member_nic on load_balancer_member (nic)`,

  `create table stickiness_policy (
     id uuid primary key default gen_random_uuid(),
     rule uuid not null unique references load_balancer_rule on delete cascade,
     name text not null check (name <> ''),
     description text,
     method text not null check (method in ('LbCookie', 'AppCookie', 'SourceBased')),
     params jsonb not null,
     created timestamptz not null default now())`,

  `create table healthcheck_policy (
     id uuid primary key default gen_random_uuid(),
     rule uuid not null unique references load_balancer_rule on delete cascade,
     description text,
     kind text not null check (kind in ('none', 'tcp', 'http', 'icmp', 'udp')),
     path text,
     codes text,
     port integer check (port between 1 and 65535),
     timeout integer not null check (timeout > 0),
     interval integer not null check (interval > 0),
     healthy integer not null check (healthy > 0),
     unhealthy integer not null check (unhealthy > 0),
     created timestamptz not null default now(),
     check (path is null or kind = 'http'),
     check (codes is null or kind = 'http'))`,

  `create table ssl_cert (
     id uuid primary key default gen_random_uuid(),
     name text not null unique check (name <> ''),
     certificate text not null,
     chain text,
     private_key text not null,
     fingerprint text not null,
     names jsonb not null,
     expires timestamptz not null,
     created timestamptz not null default now())`,

  // The first one answers clients that name no server (RFC 6066, section 3), or one that no certificate has.
  `create table load_balancer_cert (
     rule uuid not null references load_balancer_rule on delete cascade,
     cert uuid not null references ssl_cert,
     position integer not null,
     primary key (rule, cert),
     unique (rule, position))`,
  `create index load_balancer_cert_cert on load_balancer_cert (cert)`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
