import { type Kysely, sql } from 'kysely'

/**
 * What accounts, hosts and clusters have of guests, and hosts and clusters of routers, kept as sums. Who changes a machine writes down by how
 * much, and waits for nobody; changes are added to the sums now and then (model/tally.ts). Both together are exact in
 * every snapshot.
 */
const tally = [
  `create table tally (
     what text not null check (what in ('account', 'host', 'cluster')),
     id uuid not null,
     machines bigint not null,
     cpus bigint not null,
     memory bigint not null,
     primary key (what, id))`,
  `create table tally_change (
     what text not null,
     id uuid not null,
     machines bigint not null,
     cpus bigint not null,
     memory bigint not null)`,
  `create index tally_change_id on tally_change (id)`,
  `create view tallied as
     select what, id, machines, cpus, memory from tally
     union all select what, id, machines, cpus, memory from tally_change`,

  // The hosts that a machine is on or goes to, and their clusters, that never change: of each host once more.
  `create function places_of(uuid, uuid) returns table (what text, id uuid) language sql stable as $$
     select place.what, place.id from host, lateral (values ('host', host.id), ('cluster', host.cluster)) place (what, id)
       where host.id in ($1, $2) $$`,
  // Once it is gone nobody knows its cluster.
  `create function leave_host() returns trigger language plpgsql as $$
     begin
       update guest set target_host = null where target_host = old.id;
       update router set target_host = null where target_host = old.id;
       return old;
     end $$`,
  `create trigger host_left before delete on host for each row execute function leave_host()`,
  // Of a host what is on it or goes there; of an account all but what is destroyed.
  `create function tally_of_guest(guest) returns setof tally_change language sql stable as $$
     with size as (
       select coalesce($1.custom_cpunumber, cpunumber)::bigint as cpus, coalesce($1.custom_memory, memory)::bigint as memory
       from service_offering where id = $1.offering)
     select 'account', $1.account, 1::bigint, cpus, memory from size where $1.desired in ('Running', 'Stopped')
     union all
     select place.what, place.id, 1::bigint, cpus, memory from size, places_of($1.host, $1.target_host) place
       where $1.desired = 'Running' $$`,
  `create function tally_of_router(router) returns setof tally_change language sql stable as $$
     select place.what, place.id, 1::bigint, size.cpunumber::bigint, size.memory::bigint
       from (select cpunumber, memory from service_offering where issystem order by created limit 1) size,
         places_of($1.host, $1.target_host) place
       where $1.desired = 'Running' $$`,
  ...['guest', 'router'].map(
    (table) => `create function tally_${table}() returns trigger language plpgsql as $$
      begin
        if tg_op <> 'INSERT' then
          insert into tally_change select what, id, -machines, -cpus, -memory from tally_of_${table}(old);
        end if;
        if tg_op <> 'DELETE' then
          insert into tally_change select what, id, machines, cpus, memory from tally_of_${table}(new);
        end if;
        return null;
      end $$`,
  ),
  `create trigger guest_tallied after insert or delete on guest for each row execute function tally_guest()`,
  `create trigger guest_retallied after update of account, host, target_host, desired, offering, custom_cpunumber, custom_memory
     on guest for each row
     when ((old.account, old.host, old.target_host, old.desired, old.offering, old.custom_cpunumber, old.custom_memory)
       is distinct from (new.account, new.host, new.target_host, new.desired, new.offering, new.custom_cpunumber, new.custom_memory))
     execute function tally_guest()`,
  `create trigger router_tallied after insert or delete on router for each row execute function tally_router()`,
  `create trigger router_retallied after update of host, target_host, desired on router for each row
     when ((old.host, old.target_host, old.desired) is distinct from (new.host, new.target_host, new.desired))
     execute function tally_router()`,

  `create function tally_all() returns void language sql as $$
     -- Who changes a machine meanwhile would be counted twice.
     lock table tally_change in share row exclusive mode;
     delete from tally;
     delete from tally_change;
     insert into tally
       select what, id, sum(machines), sum(cpus), sum(memory) from (
         select size.* from guest, tally_of_guest(guest) size
         union all select size.* from router, tally_of_router(router) size) counted
       group by what, id $$`,
  `select tally_all()`,
  // Routers are as large as the first system offering says, whichever that is.
  `create function tally_offering() returns trigger language plpgsql as $$
     begin
       perform tally_all();
       return null;
     end $$`,
  `create trigger offering_added after insert on service_offering for each row when (new.issystem)
     execute function tally_offering()`,
  `create trigger offering_gone after delete on service_offering for each row when (old.issystem)
     execute function tally_offering()`,
]

/** What runs a guest is that of its host's cluster, which never changes: kept, so that an index finds and counts them. */
const hypervisor = [
  `alter table guest add column hypervisor text`,
  `update guest set hypervisor = cluster.hypervisor
     from host join cluster on cluster.id = host.cluster where host.id = guest.host`,
  `create function guest_placed() returns trigger language plpgsql as $$
     begin
       new.hypervisor := (
         select cluster.hypervisor from host join cluster on cluster.id = host.cluster where host.id = new.host);
       return new;
     end $$`,
  `create trigger guest_placed before insert or update of host on guest for each row execute function guest_placed()`,
  `create index guest_by_hypervisor on guest (hypervisor, created, id)`,
]

/** A key of one column, by which a page is cut before what it names is looked up. */
const traffic = [
  `alter table traffic add column id uuid not null default gen_random_uuid() unique`,
  `drop index traffic_order`,
  `create index traffic_order on traffic (created, kind, subject) include (id)`,
]

/** A pool of a host has its name and id from the host. */
const POOL = `md5('storage pool of host ' || host.id::text)::uuid`
const POOL_STATE = `case when host.resourcestate in ('Enabled', 'Disabled') then 'Up' else 'Maintenance' end`

/** Indexes that filters and counts lacked. */
const indexes = [
  `create index guest_by_haenable on guest (haenable, created, id)`,
  `create index guest_by_cloud_user on guest (cloud_user, created, id)`,
  `create index host_present on host (created, id) where state <> 'Removed'`,
  `create index host_tagged on host (id) where hosttags <> '{}'`,
  `create index firewall_rule_text on firewall_rule using gin ((id::text) gin_trgm_ops)`,
  `create index traffic_by_network on traffic (network, created, kind, subject)`,
  `create index ip_rule_balancing on ip_rule (public_ip) where purpose = 'LoadBalancing'`,
  `create index traffic_text on traffic using gin ((host(address)) gin_trgm_ops)`,
  `create index public_ip_text on public_ip using gin ((host(address)) gin_trgm_ops)`,
  `create index nic_text on nic using gin ((host(address)) gin_trgm_ops) where guest is not null`,
]

const pools = [
  `alter table host
     add column pool uuid generated always as (${POOL.replaceAll('host.', '')}) stored,
     add column storage_total bigint generated always as ((facts ->> 'storageTotal')::numeric::bigint) stored,
     add column storage_free bigint generated always as ((facts ->> 'storageFree')::numeric::bigint) stored`,
  `create or replace view storage_pools as
     select pool.id, pool.zone, pool.pod, pool.cluster, null::uuid as host, pool.name, pool.type, pool.server, pool.path,
            pool.scope, pool.hypervisor, pool.tags, pool.state, pool.capacitybytes, null::bigint as used, pool.created
       from storage_pool pool
     union all
     select host.pool, pod.zone, pod.id, cluster.id, host.id, host.name || '-local',
            'Filesystem', host.name, '/var/lib/sysvm/host', 'HOST', cluster.hypervisor, '{}',
            ${POOL_STATE}, host.storage_total, host.storage_total - host.storage_free, host.created
       from host join cluster on cluster.id = host.cluster join pod on pod.id = cluster.pod
       where host.state <> 'Removed'`,
  // Updates of when a host was seen touch none of these columns.
  `create index host_sizes on host (cluster) include (state, cpus, memory_mib, storage_total, storage_free)
     where state <> 'Removed'`,
  `create unique index host_pool on host (pool)`,
  `create index host_pool_order on host (created, pool) where state <> 'Removed'`,
  `create index host_pool_state on host ((${POOL_STATE.replaceAll('host.', '')}), created, pool) where state <> 'Removed'`,
  `create index host_pool_name on host ((name || '-local'))`,
  `create index host_pool_text on host using gin ((name || '-local') gin_trgm_ops)`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [...tally, ...hypervisor, ...traffic, ...indexes, ...pools])
    await sql.raw(statement).execute(db)
}
