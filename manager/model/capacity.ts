import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** CloudStack's numbers and names. */
export const capacityTypes = {
  0: 'MEMORY',
  1: 'CPU',
  2: 'STORAGE',
  4: 'VIRTUAL_NETWORK_PUBLIC_IP',
  5: 'PRIVATE_IP',
  6: 'SECONDARY_STORAGE',
  7: 'VLAN',
  8: 'DIRECT_ATTACHED_PUBLIC_IP',
  90: 'CPU_CORE',
} as const

export type CapacityType = keyof typeof capacityTypes
export type CapacityLevel = 'zone' | 'pod' | 'cluster'

/** Virtual cpus given out for each one that a host has; placement goes by it too. */
export const CPU_OVERCOMMIT = 4
/** What a processor counts where CloudStack counts MHz: sysvm gives processors and limits no speed. */
const MHZ_OF_CPU = 1000

export interface Capacity {
  readonly type: CapacityType
  readonly zone: string
  readonly zonename: string
  readonly pod: string | null
  readonly podname: string | null
  readonly cluster: string | null
  readonly clustername: string | null
  readonly used: number
  readonly total: number
}

export interface CapacityFilter {
  readonly level: CapacityLevel
  readonly zone?: string | undefined
  readonly pod?: string | undefined
  readonly cluster?: string | undefined
  readonly type?: number | undefined
}

/** What is below a host counts for its cluster, pod and zone; what is below a zone for the zone alone. */
const parts = sql`
  given as (
    select id as cluster, sum(cpus) as cpus, sum(memory) as memory from tallied where what = 'cluster' group by id
  ), had as (
    select cluster, sum(cpus) as cpus, sum(memory_mib) as memory, coalesce(sum(storage_total), 0) as storage,
           coalesce(sum(storage_total - storage_free), 0) as storage_used
    from host where state <> 'Removed' group by cluster
  ), hosts as (
    select pod.zone, cluster.pod, cluster.id as cluster, had.cpus, had.memory, had.storage, had.storage_used,
           coalesce(given.cpus, 0) as cpus_given, coalesce(given.memory, 0) as memory_given
    from had
    join cluster on cluster.id = had.cluster
    join pod on pod.id = cluster.pod
    left join given on given.cluster = had.cluster
  ), part as (
    select 0 as type, zone, pod, cluster, memory_given * 1048576 as used, memory * 1048576 as total from hosts
    union all select 1, zone, pod, cluster, cpus_given * ${MHZ_OF_CPU}, cpus * ${CPU_OVERCOMMIT * MHZ_OF_CPU} from hosts
    union all select 90, zone, pod, cluster, cpus_given, cpus * ${CPU_OVERCOMMIT} from hosts
    union all select 2, zone, pod, cluster, storage_used, storage from hosts
    union all
    select 4, range.zone, null, null, count(*) filter (where address.allocated is not null or address.reserved), count(*)
    from public_ip address join vlan_range range on range.id = address.range group by range.zone
    union all
    select 5, zone, id, null, 0, coalesce(endip, startip) - startip + 1 from pod
    union all
    select 7, physical.zone, null, null, coalesce(sum(taken.count), 0), sum(vni_to - vni_from + 1)
    from physical_network physical
    left join (
      select physical_network, count(vni) as count from (
        select physical_network, vni from network union all select physical_network, vni from vpc_link) used
      group by 1) taken
      on taken.physical_network = physical.id
    where exists (select from traffic_type where physical_network = physical.id and traffictype = 'Guest')
    group by physical.zone
    union all select 6, id, null, null, 0, 0 from zone
    union all select 8, id, null, null, 0, 0 from zone
  )`

/** What there is and what of it is taken, from the rows as they are now. */
export const findCapacity = async (
  db: Kysely<Database>,
  { level, zone, pod, cluster, type }: CapacityFilter,
): Promise<readonly Capacity[]> => {
  const [pods, clusters] = [level !== 'zone', level === 'cluster']
  const none = sql`null::uuid`
  const { rows } = await sql<Omit<Capacity, 'used' | 'total'> & { used: string; total: string }>`
    with ${parts}, level as (
      select type, zone, ${pods ? sql`pod` : none} as pod, ${clusters ? sql`cluster` : none} as cluster,
             sum(used) as used, sum(total) as total
      from part
      where (${!pods} or pod is not null) and (${!clusters} or cluster is not null)
        and (${zone ?? null}::uuid is null or zone = ${zone ?? null})
        and (${pod ?? null}::uuid is null or pod = ${pod ?? null})
        and (${cluster ?? null}::uuid is null or cluster = ${cluster ?? null})
        and (${type ?? null}::int is null or type = ${type ?? null})
      group by 1, 2, 3, 4
    )
    select level.*, zone.name as zonename, pod.name as podname, cluster.name as clustername
    from level join zone on zone.id = level.zone
    left join pod on pod.id = level.pod left join cluster on cluster.id = level.cluster
    order by zone.created, zone.id, pod.created, pod.id, cluster.created, cluster.id, type`.execute(db)
  return rows.map((row) => ({ ...row, used: Number(row.used), total: Number(row.total) }))
}

/** The same by the id of each zone, pod or cluster. */
export const findCapacityOfEach = async (
  db: Kysely<Database>,
  level: CapacityLevel,
): Promise<ReadonlyMap<string | null, readonly Capacity[]>> =>
  Map.groupBy(await findCapacity(db, { level }), (row) => row[level])
