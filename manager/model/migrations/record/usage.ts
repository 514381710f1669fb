/** CloudStack's numbers. */
const RUNNING = 1
const ALLOCATED = 2
const ADDRESS = 3
const BALANCER = 11
const FORWARDING = 12
const NETWORK = 30
const VPC = 31

const closing = (type: number): string => `perform usage_ends(${type}, old.id);`

export const usageStatements = [
  // Append-only: a thing is there from a row that says so until the next row of it.
  `create table usage_log (
     seq bigint generated always as identity primary key,
     at timestamptz not null default clock_timestamp(),
     type smallint not null,
     resource uuid not null,
     account uuid not null,
     zone uuid not null,
     present boolean not null,
     facts jsonb not null)`,
  `create index usage_log_of on usage_log (type, resource, seq)`,
  `create index usage_log_at on usage_log (at)`,

  // Bytes of an hour, added in the transaction that counts them.
  `create table usage_bytes (
     hour timestamptz not null,
     resource uuid not null,
     account uuid not null,
     zone uuid not null,
     vpc boolean not null,
     sent bigint not null default 0,
     received bigint not null default 0,
     primary key (hour, resource, account))`,

  // Periods that were added up; none twice, and all without a gap.
  `create table usage_period (
     start_date timestamptz primary key,
     end_date timestamptz not null unique check (start_date < end_date),
     made timestamptz not null default now())`,
  `create table usage_record (
     id uuid primary key default gen_random_uuid(),
     type smallint not null,
     resource uuid not null,
     account uuid not null,
     zone uuid not null,
     start_date timestamptz not null references usage_period on delete cascade,
     end_date timestamptz not null,
     raw double precision not null check (raw >= 0),
     facts jsonb not null)`,
  `create index usage_record_order on usage_record (start_date, type, id)`,
  `create index usage_record_account on usage_record (account, start_date, type, id)`,
  `create index usage_record_resource on usage_record (resource, start_date, type, id)`,
  `create index usage_record_type on usage_record (type, start_date, id)`,
  `create index usage_record_name on usage_record using gin ((facts ->> 'name') gin_trgm_ops)`,

  `create function usage_ends(what integer, thing uuid) returns void language sql as $$
     insert into usage_log (type, resource, account, zone, present, facts)
     select type, resource, account, zone, false, facts from (
       select * from usage_log where type = what and resource = thing order by seq desc limit 1) last
     where present $$`,

  `create function usage_of_guest() returns trigger language plpgsql as $$
     declare
       running boolean;
       allocated boolean;
       other boolean := true;
       size jsonb;
     begin
       if tg_op = 'DELETE' then
         ${closing(RUNNING)} ${closing(ALLOCATED)}
         return null;
       end if;
       running := new.state = 'Running';
       allocated := new.desired in ('Running', 'Stopped');
       if tg_op = 'UPDATE' then
         other := (old.account, old.offering, old.custom_cpunumber, old.custom_cpuspeed, old.custom_memory)
           is distinct from (new.account, new.offering, new.custom_cpunumber, new.custom_cpuspeed, new.custom_memory);
         if running and not (other or old.state <> 'Running') then running := null; end if;
         if allocated and not (other or old.desired not in ('Running', 'Stopped')) then allocated := null; end if;
       end if;
       if running or allocated then
         select jsonb_build_object('name', new.name, 'offering', new.offering, 'template', new.template,
           'cpunumber', coalesce(new.custom_cpunumber, cpunumber), 'cpuspeed', coalesce(new.custom_cpuspeed, cpuspeed),
           'memory', coalesce(new.custom_memory, memory)) into size from service_offering where id = new.offering;
       end if;
       if running then
         insert into usage_log (type, resource, account, zone, present, facts)
         values (${RUNNING}, new.id, new.account, new.zone, true, size);
       elsif not running then perform usage_ends(${RUNNING}, new.id);
       end if;
       if allocated then
         insert into usage_log (type, resource, account, zone, present, facts)
         values (${ALLOCATED}, new.id, new.account, new.zone, true, size);
       elsif not allocated then perform usage_ends(${ALLOCATED}, new.id);
       end if;
       return null;
     end $$`,
  `create trigger guest_usage_made after insert or delete on guest for each row execute function usage_of_guest()`,
  `create trigger guest_usage after update of state, desired, account, offering, custom_cpunumber, custom_cpuspeed,
       custom_memory on guest for each row
     when (old.state is distinct from new.state or old.desired is distinct from new.desired
       or (old.account, old.offering, old.custom_cpunumber, old.custom_cpuspeed, old.custom_memory)
         is distinct from (new.account, new.offering, new.custom_cpunumber, new.custom_cpuspeed, new.custom_memory))
     execute function usage_of_guest()`,

  `create function usage_of_address() returns trigger language plpgsql as $$
     begin
       if tg_op = 'DELETE' or new.allocated is null or new.account is null then
         ${closing(ADDRESS)}
       else
         insert into usage_log (type, resource, account, zone, present, facts)
         select ${ADDRESS}, new.id, new.account, zone, true,
           jsonb_build_object('name', host(new.address), 'issourcenat', new.is_source_nat, 'network', new.network, 'vpc', new.vpc)
         from vlan_range where id = new.range;
       end if;
       return null;
     end $$`,
  `create trigger public_ip_usage after update of allocated, account, is_source_nat on public_ip for each row
     when ((old.allocated is null, old.account, old.is_source_nat)
       is distinct from (new.allocated is null, new.account, new.is_source_nat))
     execute function usage_of_address()`,
  `create trigger public_ip_usage_gone after delete on public_ip for each row execute function usage_of_address()`,

  ...(
    [
      ['network', NETWORK],
      ['vpc', VPC],
    ] as const
  ).flatMap(([table, type]) => [
    `create function usage_of_${table}() returns trigger language plpgsql as $$
       begin
         if tg_op = 'DELETE' then ${closing(type)}
         else
           insert into usage_log (type, resource, account, zone, present, facts)
           values (${type}, new.id, new.account, new.zone, true,
             jsonb_build_object('name', new.name, 'offering', new.offering));
         end if;
         return null;
       end $$`,
    `create trigger ${table}_usage after insert or delete on ${table} for each row execute function usage_of_${table}()`,
  ]),

  `create function usage_of_rule() returns trigger language plpgsql as $$
     begin
       if tg_op = 'DELETE' then
         ${closing(FORWARDING)} ${closing(BALANCER)}
       elsif new.purpose in ('PortForwarding', 'LoadBalancing') then
         insert into usage_log (type, resource, account, zone, present, facts)
         select case new.purpose when 'PortForwarding' then ${FORWARDING} else ${BALANCER} end, new.id,
                public_ip.account, vlan_range.zone, true, jsonb_build_object('name', host(public_ip.address))
         from public_ip join vlan_range on vlan_range.id = public_ip.range
         where public_ip.id = new.public_ip and public_ip.account is not null;
       end if;
       return null;
     end $$`,
  `create trigger ip_rule_usage after insert or delete on ip_rule for each row execute function usage_of_rule()`,

  `create function usage_of_traffic() returns trigger language plpgsql as $$
     declare
       out_bytes bigint := new.sent_bytes;
       in_bytes bigint := new.received_bytes;
     begin
       if tg_op = 'UPDATE' then
         out_bytes := out_bytes - old.sent_bytes;
         in_bytes := in_bytes - old.received_bytes;
       end if;
       if out_bytes = 0 and in_bytes = 0 then return null; end if;
       insert into usage_bytes as total (hour, resource, account, zone, vpc, sent, received)
       select date_trunc('hour', clock_timestamp(), 'UTC'), owner.id, owner.account, owner.zone, owner.vpc, out_bytes, in_bytes
       from (select id, account, zone, true as vpc from vpc where id = new.vpc
             union all select id, account, zone, false from network where id = new.network and new.vpc is null) owner
       on conflict (hour, resource, account) do update set
         sent = total.sent + excluded.sent, received = total.received + excluded.received;
       return null;
     end $$`,
  `create trigger traffic_usage_new after insert on traffic for each row
     when (new.kind = 'PublicIp') execute function usage_of_traffic()`,
  `create trigger traffic_usage after update of sent_bytes, received_bytes on traffic for each row
     when (new.kind = 'PublicIp') execute function usage_of_traffic()`,

  // What there is when this comes counts from now on.
  `insert into usage_log (type, resource, account, zone, present, facts)
   select kind.type, guest.id, guest.account, guest.zone, true, jsonb_build_object('name', guest.name,
     'offering', guest.offering, 'template', guest.template,
     'cpunumber', coalesce(custom_cpunumber, offering.cpunumber), 'cpuspeed', coalesce(custom_cpuspeed, offering.cpuspeed),
     'memory', coalesce(custom_memory, offering.memory))
   from guest join service_offering offering on offering.id = guest.offering, (values (${RUNNING}), (${ALLOCATED})) kind (type)
   where case kind.type when ${RUNNING} then guest.state = 'Running' else desired in ('Running', 'Stopped') end`,
  `insert into usage_log (type, resource, account, zone, present, facts)
   select ${ADDRESS}, public_ip.id, account, zone, true, jsonb_build_object('name', host(address),
     'issourcenat', is_source_nat, 'network', network, 'vpc', vpc)
   from public_ip join vlan_range on vlan_range.id = public_ip.range where allocated is not null and account is not null`,
  `insert into usage_log (type, resource, account, zone, present, facts)
   select ${NETWORK}, id, account, zone, true, jsonb_build_object('name', name, 'offering', offering) from network
   union all
   select ${VPC}, id, account, zone, true, jsonb_build_object('name', name, 'offering', offering) from vpc`,
  `insert into usage_log (type, resource, account, zone, present, facts)
   select case purpose when 'PortForwarding' then ${FORWARDING} else ${BALANCER} end, ip_rule.id, account, zone, true,
     jsonb_build_object('name', host(address))
   from ip_rule join public_ip on public_ip.id = ip_rule.public_ip join vlan_range on vlan_range.id = public_ip.range
   where purpose in ('PortForwarding', 'LoadBalancing') and account is not null`,
]
