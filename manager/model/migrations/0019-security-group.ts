import { type Kysely, sql } from 'kysely'

/** Of the guests of these groups, the hosts must be told again what passes. In the order of their ids, as all lock. */
const again = `
  with due as (
    select id from guest where id in (select guest from security_group_member where security_group = any(groups))
    order by id for update)
  update guest set security_wanted = security_wanted + 1 from due where guest.id = due.id`

const statements = [
  `alter table zone add column security_groups boolean not null default false`,
  `alter table guest
     add column security_wanted integer not null default 0,
     add column security_done integer not null default 0`,

  `create table security_group (
     id uuid primary key default gen_random_uuid(),
     account uuid not null references account,
     name text not null check (name <> ''),
     description text not null default '',
     created timestamptz not null default now(),
     unique (account, name))`,
  `create table security_group_rule (
     id uuid primary key default gen_random_uuid(),
     security_group uuid not null references security_group on delete cascade,
     direction text not null check (direction in ('ingress', 'egress')),
     protocol text not null check (protocol ~ '^(all|tcp|udp|icmp|icmpv6|[0-9]{1,3})$'),
     startport integer check (startport between 0 and 65535),
     endport integer check (endport between startport and 65535),
     icmptype integer check (icmptype between 0 and 255),
     icmpcode integer check (icmpcode between 0 and 255),
     cidr cidr,
     peer uuid references security_group on delete cascade,
     created timestamptz not null default now(),
     check ((startport is null) = (endport is null)),
     check (icmpcode is null or icmptype is not null),
     check (num_nonnulls(cidr, peer) = 1),
     unique nulls not distinct (
       security_group, direction, protocol, startport, endport, icmptype, icmpcode, cidr, peer))`,
  `create index security_group_rule_peer on security_group_rule (peer) where peer is not null`,
  `create table security_group_member (
     security_group uuid not null references security_group,
     guest uuid not null references guest on delete cascade,
     primary key (guest, security_group))`,
  `create index security_group_member_group on security_group_member (security_group)`,

  // Whatever changes what a host must let through says so in the same transaction; the sweep finds it.
  `create function secure_groups(groups uuid[]) returns void language sql as $$${again}$$`,
  `create function groups_that_name(groups uuid[]) returns uuid[] language sql stable as $$
     select coalesce(array_agg(distinct security_group), '{}') from security_group_rule where peer = any(groups)$$`,
  `create function security_rules_changed() returns trigger language plpgsql as $$ begin
     perform secure_groups(array(select distinct security_group from changed));
     return null; end $$`,
  ...['insert:new', 'delete:old'].map((which) => {
    const [verb, table] = which.split(':')
    return `create trigger security_group_rule_${verb} after ${verb} on security_group_rule
      referencing ${table} table as changed for each statement execute function security_rules_changed()`
  }),
  `create function security_members_changed() returns trigger language plpgsql as $$
     declare groups uuid[] := array(select distinct security_group from changed);
     begin
       perform secure_groups(groups || groups_that_name(groups));
       return null; end $$`,
  ...['insert:new', 'delete:old'].map((which) => {
    const [verb, table] = which.split(':')
    return `create trigger security_group_member_${verb} after ${verb} on security_group_member
      referencing ${table} table as changed for each statement execute function security_members_changed()`
  }),
  `create function security_addresses_changed(of_guest uuid) returns void language plpgsql as $$
     declare groups uuid[] := array(select security_group from security_group_member where guest = of_guest);
     begin
       if groups <> '{}' then perform secure_groups(groups_that_name(groups)); end if;
     end $$`,
  `create function security_nic_changed() returns trigger language plpgsql as $$ begin
     perform security_addresses_changed(coalesce(new.guest, old.guest));
     return null; end $$`,
  `create trigger nic_security_made after insert on nic
     for each row when (new.guest is not null) execute function security_nic_changed()`,
  `create trigger nic_security_changed after update of address, address6, mac, leaving on nic
     for each row when (new.guest is not null and (new.address, new.address6, new.mac, new.leaving)
       is distinct from (old.address, old.address6, old.mac, old.leaving)) execute function security_nic_changed()`,
  `create trigger nic_security_gone after delete on nic
     for each row when (old.guest is not null) execute function security_nic_changed()`,
  `create function security_further_changed() returns trigger language plpgsql as $$ begin
     perform security_addresses_changed((select guest from nic where id = coalesce(new.nic, old.nic)));
     return null; end $$`,
  `create trigger nic_secondary_ip_security after insert or delete on nic_secondary_ip
     for each row execute function security_further_changed()`,
  // Another offering may begin or end to keep its guests apart.
  `create function security_offering_changed() returns trigger language plpgsql as $$ begin
     with due as (
       select id from guest where id in (select guest from nic where network = new.id and guest is not null)
       order by id for update)
     update guest set security_wanted = security_wanted + 1 from due where guest.id = due.id;
     return null; end $$`,
  `create trigger network_security_changed after update of offering on network
     for each row when (new.offering <> old.offering) execute function security_offering_changed()`,
  `create index guest_security_due on guest (id) where security_done < security_wanted`,
  `select keep_tags_of('security_group')`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
