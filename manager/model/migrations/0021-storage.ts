import { type Kysely, sql } from 'kysely'

/** What set-up scripts say, as records: where disks and templates are kept, and providers by all of their names. */
const statements = [
  `alter table network_service_provider drop constraint network_service_provider_name_check,
     add constraint network_service_provider_name_check
       check (name in ('VirtualRouter', 'VpcVirtualRouter', 'InternalLbVm', 'SecurityGroupProvider'))`,
  `insert into network_service_provider (physical_network, name, state, element_enabled)
     select physical_network, other, state, element_enabled from network_service_provider,
       unnest(array['VpcVirtualRouter', 'InternalLbVm', 'SecurityGroupProvider']) other`,

  `create table storage_pool (
     id uuid primary key default gen_random_uuid(),
     zone uuid not null references zone,
     pod uuid references pod,
     cluster uuid references cluster,
     name text not null check (name <> ''),
     type text not null check (type in ('Filesystem', 'NetworkFilesystem')),
     server text not null,
     path text not null check (path ~ '^/'),
     scope text not null check (scope in ('CLUSTER', 'ZONE')),
     hypervisor text,
     tags text[] not null default '{}',
     state text not null default 'Up' check (state in ('Up', 'Disabled', 'Maintenance')),
     capacitybytes bigint check (capacitybytes > 0),
     created timestamptz not null default now(),
     unique (zone, name),
     unique (zone, server, path),
     check ((scope = 'CLUSTER') = (cluster is not null)),
     check ((cluster is null) = (pod is null)))`,

  `create table image_store (
     id uuid primary key default gen_random_uuid(),
     zone uuid references zone,
     name text not null unique check (name <> ''),
     url text not null unique,
     protocol text not null check (protocol in ('nfs', 'file')),
     provider text not null check (provider in ('NFS')),
     readonly boolean not null default false,
     created timestamptz not null default now())`,

  // Each host has a pool of its own, where the disks of its machines are; it has no row, since it is the host.
  `create view storage_pools as
     select pool.id, pool.zone, pool.pod, pool.cluster, null::uuid as host, pool.name, pool.type, pool.server, pool.path,
            pool.scope, pool.hypervisor, pool.tags, pool.state, pool.capacitybytes, null::bigint as used, pool.created
       from storage_pool pool
     union all
     select md5('storage pool of host ' || host.id)::uuid, pod.zone, pod.id, cluster.id, host.id, host.name || '-local',
            'Filesystem', host.name, '/var/lib/sysvm/host', 'HOST', cluster.hypervisor, '{}',
            case when host.resourcestate in ('Enabled', 'Disabled') then 'Up' else 'Maintenance' end,
            (host.facts ->> 'storageTotal')::bigint,
            (host.facts ->> 'storageTotal')::bigint - (host.facts ->> 'storageFree')::bigint, host.created
       from host join cluster on cluster.id = host.cluster join pod on pod.id = cluster.pod
       where host.state <> 'Removed'`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
