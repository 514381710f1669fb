/** Tables whose rows have tags, details or settings of their own; later migrations add theirs with `keep_tags_of`. */
const things = [
  ...['account', 'affinity_group', 'cloud_user', 'cluster', 'disk_offering', 'domain', 'firewall_rule', 'guest'],
  ...['healthcheck_policy', 'host', 'ip_rule', 'load_balancer_rule', 'network', 'network_acl', 'network_acl_list'],
  ...['network_offering', 'nic', 'private_gateway', 'project', 'public_ip', 'router', 'service_offering'],
  ...['static_route', 'stickiness_policy', 'template', 'vpc', 'vpc_offering', 'zone'],
]

export const tagStatements = [
  `create table resource_tag (
     id uuid primary key default gen_random_uuid(),
     resource_type text not null,
     resource uuid not null,
     account uuid,
     key text not null check (key <> ''),
     value text not null,
     customer text,
     created timestamptz not null default now(),
     constraint resource_tag_key unique (resource, key))`,
  `create index resource_tag_value on resource_tag (key, value)`,
  `create index resource_tag_account on resource_tag (account)`,
  `create index resource_tag_kind on resource_tag (resource_type, created, key, id)`,
  `create index resource_tag_customer on resource_tag (customer, created) where customer is not null`,

  `create table resource_detail (
     id uuid primary key default gen_random_uuid(),
     resource_type text not null,
     resource uuid not null,
     account uuid,
     key text not null check (key <> ''),
     value text not null,
     display boolean not null default true,
     created timestamptz not null default now(),
     constraint resource_detail_key unique (resource, key))`,
  `create index resource_detail_kind on resource_detail (resource_type, created, key, id)`,

  `create table configuration_scoped (
     scope text not null check (scope in ('zone', 'cluster', 'account', 'domain')),
     scope_id uuid not null,
     name text not null,
     value text not null,
     primary key (scope, scope_id, name))`,

  // With a thing goes what was said of it, however it goes.
  `create function forget_gone() returns trigger language plpgsql as $$
     begin
       delete from resource_tag using gone where resource = gone.id;
       delete from resource_detail using gone where resource = gone.id;
       if tg_table_name in ('account', 'cluster', 'domain', 'zone') then
         delete from configuration_scoped using gone where scope = tg_table_name and scope_id = gone.id;
       end if;
       return null;
     end $$`,
  `create function keep_tags_of(thing regclass) returns void language plpgsql as $$
     begin
       execute format('create trigger forget_gone after delete on %s referencing old table as gone
         for each statement execute function forget_gone()', thing);
     end $$`,
  ...things.map((table) => `select keep_tags_of('${table}')`),

  // An address that is given up, whether it was in use or kept, is another one's next.
  `create function forget_released() returns trigger language plpgsql as $$
     begin
       delete from resource_tag where resource = new.id;
       delete from resource_detail where resource = new.id;
       return null;
     end $$`,
  `create trigger public_ip_released after update of account on public_ip for each row
     when (old.account is distinct from new.account) execute function forget_released()`,
]
