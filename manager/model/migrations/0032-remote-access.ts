import { type Kysely, sql } from 'kysely'

const statements = [
  // Who signs the certificates that an account's VPNs show to clients.
  `create table vpn_authority (
     account uuid primary key references account on delete cascade,
     certificate text not null,
     private_key text not null,
     created timestamptz not null default now())`,

  // Its rule goes with the public address, and the VPN with the rule.
  `create table remote_access_vpn (
     id uuid primary key default gen_random_uuid(),
     public_ip uuid not null unique references public_ip,
     rule uuid not null references ip_rule on delete cascade,
     protocol text not null check (protocol in ('ikev2')),
     first_address inet not null,
     last_address inet not null,
     certificate text not null,
     private_key text not null,
     expires timestamptz not null,
     fordisplay boolean not null default true,
     revision integer not null default 0,
     problem text,
     created timestamptz not null default now(),
     check (first_address <= last_address))`,
  `create index remote_access_vpn_rule on remote_access_vpn (rule)`,
  `create index remote_access_vpn_order on remote_access_vpn (created, id)`,
  `create index remote_access_vpn_expires on remote_access_vpn (expires)`,

  `create table vpn_user (
     id uuid primary key default gen_random_uuid(),
     account uuid not null references account on delete cascade,
     username text not null check (username <> ''),
     password text not null,
     created timestamptz not null default now())`,
  // strongSwan compares identities without case.
  `create unique index vpn_user_name_taken on vpn_user (account, lower(username))`,
  `create index vpn_user_order on vpn_user (created, id)`,

  // From which revision on a VPN's router lets a user in who came after it.
  `create table vpn_user_revision (
     vpn_user uuid not null references vpn_user on delete cascade,
     vpn uuid not null references remote_access_vpn on delete cascade,
     revision integer not null,
     primary key (vpn_user, vpn))`,
  `create index vpn_user_revision_vpn on vpn_user_revision (vpn)`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
