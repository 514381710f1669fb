import { type Kysely, sql } from 'kysely'

const statements = [
  // One of each protocol may be at an address; what only one protocol has is in a table of its own.
  'alter table remote_access_vpn drop constraint remote_access_vpn_public_ip_key',
  'alter table remote_access_vpn drop constraint remote_access_vpn_protocol_check',
  `alter table remote_access_vpn
     add constraint remote_access_vpn_taken unique (public_ip, protocol),
     add constraint remote_access_vpn_protocol check (protocol in ('ikev2', 'wireguard', 'l2tp'))`,

  `create table remote_access_certificate (
     vpn uuid primary key references remote_access_vpn on delete cascade,
     certificate text not null,
     private_key text not null,
     expires timestamptz not null)`,
  `insert into remote_access_certificate (vpn, certificate, private_key, expires)
     select id, certificate, private_key, expires from remote_access_vpn`,
  `create index remote_access_certificate_expires on remote_access_certificate (expires, vpn)`,
  `alter table remote_access_vpn drop column certificate, drop column private_key, drop column expires`,

  `create table remote_access_wireguard (
     vpn uuid primary key references remote_access_vpn on delete cascade,
     public_key text not null,
     private_key text not null)`,

  // What each user has in each of the account's VPNs.
  `create table wireguard_peer (
     vpn uuid not null references remote_access_wireguard on delete cascade,
     vpn_user uuid not null references vpn_user on delete cascade,
     address inet not null,
     public_key text not null,
     private_key text not null,
     preshared_key text not null,
     primary key (vpn, vpn_user),
     constraint wireguard_peer_address_taken unique (vpn, address))`,
  `create index wireguard_peer_user on wireguard_peer (vpn_user)`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
