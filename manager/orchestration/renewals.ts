import { sql } from 'kysely'
import type { HostDriver } from '../hosts/driver.ts'
import { driverOfHypervisor } from '../hosts/index.ts'
import { leasedHosts } from '../model/routerlease.ts'
import { leaseSeconds, renewLeases } from './leases.ts'
import type { HostAccess, World } from './world.ts'

/** Hosts that are asked at once; one that does not answer counts until it is given up. */
const MOST = 512
/** Longest time between two renewals, and longest that one may take; in seconds. */
const PACE = 10

interface Turn {
  readonly due: number
  readonly busy: boolean
  /** It was said that it failed. */
  readonly failed: boolean
}

const turnsOf = new WeakMap<World, Map<string, Turn>>()

/** Two may be missed, each having taken all of its time, and the next is not too late. */
const paceOf = (seconds: number): number => (seconds === 0 ? PACE : Math.min(PACE, seconds / 6))

const within = async (seconds: number, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it takes longer than ${seconds} s`)), seconds * 1000)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Hosts of this manager whose connection is believed to work. One that is Down is asked as soon as it answers, before it is Up. */
const reachable = async (world: World, seconds: number): Promise<readonly HostAccess[]> => {
  const ids = await leasedHosts(world.db, seconds)
  if (ids.length === 0) return []
  const { manager } = world
  const { rows } = await sql<Omit<HostAccess, 'driver'> & { readonly hypervisor: string }>`
    select host.id, host.url, host.hostkey as "hostKey", cluster.hypervisor
    from host join cluster on cluster.id = host.cluster
    where host.id = any(${[...ids]}::uuid[]) and host.state in ('Up', 'Alert')
      and ${manager === undefined ? sql`true` : sql`host.manager = ${manager}`}`.execute(world.db)
  return rows.map((row) => ({ ...row, driver: driverOfHypervisor(row.hypervisor), fence: world.fence?.(row.id) }))
}

/**
 * Renews the leases of hosts whose turn it is, each by itself: one that hangs keeps no other waiting, nor does any other
 * work with the hosts. Resolves when they were asked, not when they answered.
 */
export const renewDue = async (world: World): Promise<void> => {
  const turns = turnsOf.get(world) ?? new Map<string, Turn>()
  turnsOf.set(world, turns)
  const seconds = await leaseSeconds(world.db)
  const hosts = await reachable(world, seconds)
  const listed = new Set(hosts.map(({ id }) => id))
  for (const [id, { busy }] of turns) if (!busy && !listed.has(id)) turns.delete(id)
  const now = performance.now()
  const dueOf = ({ id }: HostAccess): number => turns.get(id)?.due ?? 0
  const waiting = hosts.filter((host) => dueOf(host) <= now && turns.get(host.id)?.busy !== true)
  const room = MOST - [...turns.values()].filter(({ busy }) => busy).length
  for (const host of waiting.toSorted((a, b) => dueOf(a) - dueOf(b)).slice(0, Math.max(0, room)))
    void renew(world, turns, host, seconds)
}

const renew = async (world: World, turns: Map<string, Turn>, host: HostAccess, seconds: number): Promise<void> => {
  const due = performance.now() + paceOf(seconds) * 1000
  const failed = turns.get(host.id)?.failed ?? false
  turns.set(host.id, { due, busy: true, failed })
  try {
    const open = async () => world.hosts.open(host)
    await within(
      paceOf(seconds),
      open().then((driver) => renewLeases(world, host.id, driver, seconds)),
    )
    turns.set(host.id, { due, busy: false, failed: false })
  } catch (err) {
    if (!failed) world.log.warn({ host: host.id, err }, 'leases of routers were not renewed')
    turns.set(host.id, { due, busy: false, failed: true })
  }
}

/** A host that is about to be Up: what it has not ended by now goes on there. */
export const renewReturned = async (world: World, host: string, driver: HostDriver): Promise<void> => {
  const seconds = await leaseSeconds(world.db)
  if ((await leasedHosts(world.db, seconds, [host])).length === 0) return
  try {
    await within(PACE, renewLeases(world, host, driver, seconds))
  } catch (err) {
    world.log.warn({ host, err }, 'leases of routers were not renewed')
  }
}
