import { type Kysely, sql } from 'kysely'
import type { HostDriver, LeaseAnswer } from '../hosts/driver.ts'
import { endBackoff } from '../jobs/backoff.ts'
import type { Database } from '../model/database.ts'
import { askForLeases, beginLease, marginOf, noteLeases, raiseLeases, unrenewedLeases } from '../model/routerlease.ts'
import { numberSetting } from '../model/settings/index.ts'
import { routerName, type World } from './world.ts'

interface Heard extends Pick<LeaseAnswer, 'boot' | 'uptime'> {
  /** By the database's clock, later than the host's word. */
  readonly at: string
  readonly heard: number
}

/** A lease that nobody renewed since. */
interface Watched {
  readonly seq: string
  readonly since: number
}

interface Memory {
  /** By host. */
  readonly heard: Map<string, Heard>
  /** By router. */
  readonly watched: Map<string, Watched>
  /** Routers whose lease is over, by its number. */
  readonly over: Map<string, string>
  /** Those of them that were told, as the other one serves. */
  readonly told: Map<string, string>
}

const memories = new WeakMap<World, Memory>()

const memoryOf = (world: World): Memory => {
  const memory = memories.get(world) ?? { heard: new Map(), watched: new Map(), over: new Map(), told: new Map() }
  memories.set(world, memory)
  return memory
}

/** The setting; 0: nobody has a lease. */
export const leaseSeconds = (db: Kysely<Database>): Promise<number> => numberSetting(db, 'router.redundant.lease')

const secondsSince = (moment: number): number => (performance.now() - moment) / 1000

const noteHeard = async (world: World, host: string, { boot, uptime }: LeaseAnswer): Promise<Heard> => {
  const { rows } = await sql<{ at: string }>`select clock_timestamp()::text as at`.execute(world.db)
  const heard = { boot, uptime, at: rows[0]?.at ?? '', heard: performance.now() }
  memoryOf(world).heard.set(host, heard)
  return heard
}

/**
 * The host's routers of two may run so many seconds more, counted from its last answer by its own clock: a command that is
 * late, or sent twice, makes nothing longer. What is written down before it is sent is never earlier.
 */
export const renewLeases = async (world: World, host: string, driver: HostDriver, seconds: number): Promise<void> => {
  const before = memoryOf(world).heard.get(host)
  const isFresh = before !== undefined && secondsSince(before.heard) < Math.max(1, seconds / 2)
  const { boot, uptime, at } = isFresh ? before : await noteHeard(world, host, await driver.renewLeases([]))
  const asked = await askForLeases(world.db, host, seconds, at)
  const answer = await driver.renewLeases(
    asked.map(({ number, seq, kept }) => ({
      name: routerName(number),
      seq: Number(seq),
      until: kept ? uptime + seconds : 0,
    })),
    boot,
  )
  const names = new Set(answer.held)
  const held = asked.filter(({ number }) => names.has(routerName(number)))
  await noteLeases(world.db, host, held, seconds)
  if (asked.some(({ seq }) => Number(seq) < answer.seq)) await raiseLeases(world.db, answer.seq)
  await noteHeard(world, host, answer)
}

/** The machine may run for ever on this host, whether or not anybody knows of a deadline that it had there. */
export const endLease = async (
  world: World,
  { id, number }: { readonly id: string; readonly number: number },
  host: string,
  driver: HostDriver,
): Promise<void> => {
  const seq = await beginLease(world.db, id, host)
  if (seq === undefined) return
  const answer = await driver.renewLeases([{ name: routerName(number), seq: Number(seq), until: 0 }])
  if (answer.seq <= Number(seq)) return
  await raiseLeases(world.db, answer.seq)
  await endLease(world, { id, number }, host, driver)
}

/**
 * Looks which leases are over and has those routers seen to. Over is what nobody renewed while this manager itself looked on
 * for all of its time: the clock of the database may have been set. Where leases were turned off none is.
 */
export const watchLeases = async (world: World): Promise<void> => {
  const { marginSeconds } = world.settings.lease
  const { watched, over, told } = memoryOf(world)
  const isOn = (await leaseSeconds(world.db)) > 0
  const found = isOn ? await unrenewedLeases(world.db, marginSeconds) : []
  const now = new Map(
    found.map(({ router, seq }) => {
      const known = watched.get(router)
      return [router, known?.seq === seq ? known : { seq, since: performance.now() }]
    }),
  )
  watched.clear()
  over.clear()
  for (const [router, one] of now) watched.set(router, one)
  for (const router of told.keys()) if (told.get(router) !== now.get(router)?.seq) told.delete(router)
  for (const lease of found) {
    const since = now.get(lease.router)?.since ?? performance.now()
    if (!lease.over || secondsSince(since) < lease.seconds + marginOf(lease.seconds, marginSeconds)) continue
    over.set(lease.router, lease.seq)
    if (!lease.served || told.has(lease.router)) continue
    // Once: where no other host has room it is asked for as seldom as anything that fails.
    told.set(lease.router, lease.seq)
    const target = { kind: 'router', id: lease.router } as const
    await endBackoff(world.db, target)
    await world.jobs.wake(world.db, target.kind, target.id)
  }
}

/** The number of the router's lease, if it is over. */
export const overdueLease = (world: World, router: string): string | undefined => memoryOf(world).over.get(router)
