import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { CPU_OVERCOMMIT } from '../model/capacity.ts'
import type { Database } from '../model/database.ts'
import { allocated } from '../model/host.ts'
import type { Hypervisor } from '../model/schema.ts'
import { allowedHost, neighboursOf, preference, strictGroups } from './affinity.ts'
import { exhausted, lockAllocator } from './number.ts'

export interface Need {
  readonly cpus: number
  readonly memoryMiB: number
  /** This host and no other, be it the fuller one. */
  readonly on?: string | undefined
  /** Any host but this one. */
  readonly except?: string | undefined
  /** None of these hosts. */
  readonly avoid?: readonly string[] | undefined
  /** Of this hypervisor alone: a disk of one is nothing to the others. */
  readonly hypervisor?: Hypervisor | undefined
  /** The host must have all of these. */
  readonly tags?: readonly string[] | undefined
  /** In this pod or cluster alone. */
  readonly pod?: string | undefined
  readonly cluster?: string | undefined
  /** The guest whose affinity groups are to be obeyed. */
  readonly guest?: string | undefined
}

export interface Candidate {
  readonly id: string
  readonly name: string
  readonly cpus: number
  readonly memoryMiB: number
  readonly usedCpus: number
  readonly usedMemoryMiB: number
  /** How much affinity groups that are no more than a wish speak for it. */
  readonly preference?: number
}

/**
 * Of the hosts that fit those that affinity prefers, and of these the least loaded one: by the fuller of cpu and memory
 * after it is added; alike by id. Pure.
 */
export const chooseHost = (candidates: readonly Candidate[], need: Need): Candidate | undefined => {
  const load = (host: Candidate): number =>
    Math.max(
      (host.usedCpus + need.cpus) / (host.cpus * CPU_OVERCOMMIT),
      (host.usedMemoryMiB + need.memoryMiB) / host.memoryMiB,
    )
  const loads = candidates
    .filter((host) => host.cpus >= need.cpus && host.memoryMiB > 0)
    .map((host) => ({ host, load: load(host) }))
    .filter((entry) => entry.load <= 1)
  const wish = ({ host }: (typeof loads)[number]): number => host.preference ?? 0
  return loads.sort((a, b) => wish(b) - wish(a) || a.load - b.load || a.host.id.localeCompare(b.host.id))[0]?.host
}

interface Found extends Candidate {
  readonly state: 'Up' | 'Connecting' | 'Alert'
}

/** Hosts that are looked at for one placement, from a random one on; a cloud with no more is looked at whole. */
const SAMPLE = 64

/** Clusters in which the machine may be placed at all. */
export const clustersFor = (zone: string, { hypervisor, pod, cluster }: Need): RawBuilder<unknown> => sql`
  select cluster.id from cluster
  join pod on pod.id = cluster.pod and pod.allocationstate = 'Enabled'
  join zone on zone.id = pod.zone and zone.allocationstate = 'Enabled'
  where pod.zone = ${zone} and cluster.allocationstate = 'Enabled'
    and (${hypervisor ?? null}::text is null or cluster.hypervisor = ${hypervisor ?? null})
    and (${pod ?? null}::uuid is null or pod.id = ${pod ?? null})
    and (${cluster ?? null}::uuid is null or cluster.id = ${cluster ?? null})`

/** A host's columns that placement goes by; those of `from`, which gives hosts by the name of `host`. Other machines have no say. */
export const placeable = (zone: string, need: Need, from: RawBuilder<unknown> = sql`host`): RawBuilder<unknown> => {
  const { on, tags = [] } = need
  return sql`
    select host.id, host.name, host.state, host.cpus, host.memory_mib, host.created
    from ${from}
    where host.state in ('Up', 'Connecting', 'Alert') and host.resourcestate = 'Enabled'
      and (${on ?? null}::uuid is null or host.id = ${on ?? null})
      ${tags.length === 0 ? sql`` : sql`and host.hosttags @> ${[...tags]}::text[]`}
      -- As a condition, not a join, it leaves hosts in the order in which they are read.
      and (host.cluster in (${clustersFor(zone, need)})) is true`
}

/** The same, less those that are not wanted or that affinity forbids. */
export const fitting = (zone: string, need: Need, from?: RawBuilder<unknown>): RawBuilder<unknown> => {
  const { except, avoid = [] } = need
  return sql`${placeable(zone, need, from)}
    and (${except ?? null}::uuid is null or host.id <> ${except ?? null})
    ${avoid.length === 0 ? sql`` : sql`and host.id <> all(${[...avoid]}::uuid[])`}
    and ${allowedHost}`
}

/**
 * Hosts that are up, and those that may come up any moment: one statement, so that none is missed between two. With
 * `some`, a sample of them, and those that affinity speaks of: the least loaded of many is as good as that of all.
 */
const candidates = (zone: string, need: Need, some: boolean): RawBuilder<Found> => {
  const fits = fitting(zone, need)
  const from = randomUUID()
  const sample = sql`
    (${fits} and host.id >= ${from}::uuid order by host.id limit ${SAMPLE})
    union (${fits} and host.id < ${from}::uuid order by host.id limit ${SAMPLE})
    union (${fits} and host.id in (select neighbour.host from neighbour))`
  return sql<Found>`
    with neighbour as materialized (${neighboursOf(need.guest)}),
         host as ${some ? sql`materialized` : sql``} (${some ? sample : fits})
    select host.id, host.name, host.state, ${preference} as preference, host.cpus, host.memory_mib as "memoryMiB",
           ${allocated('cpus')} as "usedCpus", ${allocated('memory')} as "usedMemoryMiB"
    from host left join tally used on used.what = 'host' and used.id = host.id`
}

const hostsOf = async (trx: Kysely<Database>, zone: string, need: Need, some = false): Promise<Found[]> =>
  (await candidates(zone, need, some).execute(trx)).rows

/** Whether there are hosts of that kind at all, be they full. */
export const hasHosts = async (db: Kysely<Database>, zone: string, need: Need): Promise<boolean> =>
  (await hostsOf(db, zone, need)).length > 0

const wanted = ({ cpus, memoryMiB, tags = [] }: Need): string =>
  `${cpus} cpus and ${memoryMiB} MiB${tags.length === 0 ? '' : ` and the host tags ${tags.join(', ')}`}`

const noHost = (found: number, toCome: number, zone: string, need: Need): SysvmError => {
  const what = wanted(need)
  if (toCome > 0)
    return new SysvmError(
      'SYSVM_HOST_UNREACHABLE',
      `None of the ${found} hosts that are up has room for ${what}; waiting for ${toCome} more that may come up.`,
      { details: { zone } },
    )
  return exhausted(`None of the ${found} hosts that are up has room for ${what}: add a host or stop a guest.`, {
    zone,
    hosts: found,
    ...need,
  })
}

/** Strict groups are to blame when there is room for the same machine without them. */
const noAffineHost = async (trx: Transaction<Database>, zone: string, need: Need): Promise<SysvmError | undefined> => {
  const { guest, ...free } = need
  const groups = guest === undefined ? [] : await strictGroups(trx, guest)
  if (groups.length === 0) return undefined
  const others = (await hostsOf(trx, zone, free)).filter(({ state }) => state === 'Up')
  if (chooseHost(others, free) === undefined) return undefined
  const names = groups.map((name) => `'${name}'`).join(', ')
  return exhausted(
    `No host with room for ${wanted(need)} obeys the affinity group${groups.length > 1 ? 's' : ''} ${names}: add a host, or take the guest out of the group.`,
    { zone, groups },
  )
}

/** No host of the zone is chosen by anybody else until the transaction ends. */
export const holdPlacement = (trx: Transaction<Database>, zone: string): Promise<void> =>
  lockAllocator(trx, 'host', zone)

const isUp = (hosts: readonly Found[]): Found[] => hosts.filter(({ state }) => state === 'Up')

/**
 * Chooses a host and, by `claim`, writes it into the owner's row, all under one lock per zone: what is chosen is counted
 * before the next one chooses.
 */
export const placeOnHost = async (
  trx: Transaction<Database>,
  zone: string,
  need: Need,
  claim: (hostId: string) => Promise<unknown>,
): Promise<string> => {
  await lockAllocator(trx, 'host', zone)
  const near = chooseHost(isUp(await hostsOf(trx, zone, need, true)), need)
  if (near !== undefined) {
    await claim(near.id)
    return near.id
  }
  const hosts = await hostsOf(trx, zone, need)
  const up = isUp(hosts)
  const host = chooseHost(up, need)
  // To say that there is no room would be too early while more hosts may come up.
  if (host === undefined)
    throw (
      (hosts.length === up.length ? await noAffineHost(trx, zone, need) : undefined) ??
      noHost(up.length, hosts.length - up.length, zone, need)
    )
  await claim(host.id)
  return host.id
}
