import { type Kysely, sql } from 'kysely'

/** Firewall rules of isolated networks, and the items of the two ACL lists that every VPC can use. */
const statements = [
  `create table firewall_rule (
     id uuid primary key default gen_random_uuid(),
     kind text not null check (kind in ('Ingress', 'Egress', 'Ipv6', 'Routing')),
     network uuid not null references network on delete cascade,
     public_ip uuid references public_ip on delete cascade,
     traffictype text not null check (traffictype in ('Ingress', 'Egress')),
     protocol text not null check (protocol in ('tcp', 'udp', 'icmp', 'all')),
     startport integer, endport integer,
     icmptype integer check (icmptype between 0 and 255),
     icmpcode integer check (icmpcode between 0 and 255),
     cidrlist text[] not null default '{}',
     destcidrlist text[] not null default '{}',
     related uuid references ip_rule on delete cascade,
     revision integer not null default 0,
     created timestamptz not null default now(),
     check ((kind = 'Ingress') = (public_ip is not null)),
     check (kind not in ('Ingress', 'Egress') or kind = traffictype),
     check ((startport is null) = (endport is null)),
     check (startport is null or protocol in ('tcp', 'udp')),
     check (icmptype is null or protocol = 'icmp'),
     check (startport between 0 and endport and endport <= 65535))`,
  `create index firewall_rule_network on firewall_rule (network, kind)`,
  `create index firewall_rule_public_ip on firewall_rule (public_ip) where public_ip is not null`,
  `create index firewall_rule_related on firewall_rule (related) where related is not null`,
  `create index firewall_rule_order on firewall_rule (created, id)`,

  // What was let in at an address means nothing to the one who has it next.
  `create function drop_firewall_rules() returns trigger language plpgsql as $$
     begin
       delete from firewall_rule where public_ip = new.id;
       return null;
     end $$`,
  `create trigger public_ip_given_up after update of release_revision, allocated, network on public_ip
     for each row when (new.release_revision is not null or new.allocated is null
                        or new.network is distinct from old.network)
     execute function drop_firewall_rules()`,

  `update network_acl_list set description = 'Default Network ACL Allow All' where isdefault and name = 'default_allow'`,
  `update network_acl_list set description = 'Default Network ACL Deny All' where isdefault and name = 'default_deny'`,
  `insert into network_acl (list, number, action, traffictype, protocol)
     select id, number, case name when 'default_allow' then 'Allow' else 'Deny' end, traffictype, 'all'
     from network_acl_list, (values (1, 'Ingress'), (2, 'Egress')) as item (number, traffictype)
     where isdefault`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
