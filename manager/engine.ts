import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fencedControl } from './hosts/control/index.ts'
import { openHandover } from './jobs/handover.ts'
import { createJobs, type Jobs, openQueues } from './jobs/index.ts'
import { type Leases, openLeases } from './jobs/lease.ts'
import { startWorkers } from './jobs/worker.ts'
import { join, type Member } from './managers/member.ts'
import { failLostJobs } from './model/job.ts'
import { forgetVpnUsers } from './model/vpnuser.ts'
import {
  collectTraffic,
  createFollowing,
  createReconcilers,
  expungeOverdue,
  failOverdueJobs,
  forgetConnections,
  forgetOldJobs,
  keepRecord,
  pulse,
  renewVpnCertificates,
  sweep,
  type World,
  watchHealth,
  watchRoles,
} from './orchestration/index.ts'

/** How often it is looked which hosts are due. */
const PULSE_PAUSE_MS = 1000
/** How often it is looked which routers are due: their own interval is a setting. */
const COUNT_PAUSE_MS = 2000
/** How often it is looked which routers are to be asked how they are. */
const HEALTH_PAUSE_MS = 5000
/** How often it is looked which pairs of routers are due. */
const ROLE_PAUSE_MS = 1000

export interface EngineOptions {
  readonly url: string
  /** Of this run of the manager, the same that its database was opened for; another one when absent. */
  readonly manager?: string
  /** What it calls itself before others. */
  readonly version?: string
  readonly sweepSeconds: number
  /** A job that runs longer is ended as failed. */
  readonly jobSeconds: number
  /** Starts the database again when it is ours and died. */
  readonly recover?: (() => Promise<void>) | undefined
  /** The world without its jobs, which come from here. */
  readonly world: Omit<World, 'jobs' | 'fence' | 'manager'>
}

/** Queues, workers and the sweep: what turns desired state into deeds. */
export interface Engine {
  readonly jobs: Jobs
  readonly world: World
  /** Resolves when another manager took over what this one has under way: it must end. */
  readonly lost: Promise<Error>
  /** Tells the others where the API of this one answers. */
  announce(address: string): Promise<void>
  stop(timeoutMs: number): Promise<void>
}

/** Sleeps that a takeover cuts short: there is work that nobody has begun. */
const createNudge = () => {
  let waiting = new AbortController()
  return {
    now: (): void => waiting.abort(),
    sleep: async (ms: number, ending: AbortSignal): Promise<void> => {
      await sleep(ms, undefined, { signal: AbortSignal.any([ending, waiting.signal]) }).catch(() => {})
      // Whoever nudges from now on wants another round.
      waiting = new AbortController()
    },
  }
}

/** What one manager at a time does for all, and only the one that leads. */
const asOnly = async (member: Member, leases: Leases, id: string, work: () => Promise<unknown>): Promise<void> => {
  if (!member.leads()) return
  const lock = { kind: 'singleton', id }
  if (!(await leases.acquire(lock))) return
  try {
    await work()
  } finally {
    await leases.release(lock)
  }
}

/** The world with this manager's lease on every command to a host, and on every change of a system VM. */
const fencedWorld = (given: EngineOptions['world'], jobs: Jobs, member: Member): World => ({
  ...given,
  jobs,
  manager: member.id,
  fence: (host) => ({ host, assure: member.assure, renew: member.renew }),
  openControl: async (driver, target) => {
    return fencedControl(await given.openControl(driver, target), member)
  },
})

export const startEngine = async (options: EngineOptions): Promise<Engine> => {
  const { url, sweepSeconds, jobSeconds, manager = randomUUID() } = options
  const { db, log } = options.world
  const nudge = createNudge()
  const self = { id: manager, name: hostname(), version: options.version ?? '0' }
  const member = await join({ url, self, log, onTakeover: nudge.now })
  const onError = (err: Error): void => log.error({ err }, 'the queue is in trouble')
  const boss = await openQueues(url, { onError, manager })
  const jobs = createJobs(boss)
  const world = fencedWorld(options.world, jobs, member)
  const leases = await openLeases(url, {
    manager,
    recover: options.recover,
    onBroken: (err) => log.error({ err }, 'the database does not answer; asking again'),
  })
  const handover = await openHandover(boss, db, manager)
  const reconcilers = createReconcilers(world)
  const workers = await startWorkers({ boss, db, jobs, leases, log, reconcilers, handover, self: member })
  const ending = new AbortController()

  const sweepOnce = async (): Promise<void> => {
    await sweep(db, jobs)
    const failed = await failOverdueJobs(db, jobSeconds)
    if (failed > 0) log.warn({ failed }, 'jobs took too long')
    await failLostJobs(db)
    await forgetOldJobs(db)
    await expungeOverdue(db, jobs)
    await keepRecord(db)
    await renewVpnCertificates(world)
    await forgetVpnUsers(db)
    if (!member.alone()) await handover.tidy()
  }
  const forever = async (what: string, work: () => Promise<unknown>, pause: () => Promise<void>): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await asOnly(member, leases, what, work)
      } catch (err) {
        if (!ending.signal.aborted) log.error({ err }, `the ${what} failed`)
      }
      await pause()
    }
  }
  const sweeping = forever('sweep', sweepOnce, () => nudge.sleep(sweepSeconds * 1000, ending.signal))
  const counting = forever(
    'reading of counters',
    () => collectTraffic(world),
    () => sleep(COUNT_PAUSE_MS, undefined, { signal: ending.signal }).catch(() => {}),
  )
  const following = createFollowing(world)

  const roles = forever(
    'reading of roles',
    () => watchRoles(world),
    () =>
      sleep(Math.min(ROLE_PAUSE_MS, world.settings.roleSpacingMs), undefined, { signal: ending.signal }).catch(
        () => {},
      ),
  )

  const health = forever(
    'reading of health',
    () => watchHealth(world),
    () =>
      sleep(Math.min(HEALTH_PAUSE_MS, world.settings.ill.readSeconds * 1000), undefined, {
        signal: ending.signal,
      }).catch(() => {}),
  )

  /** What each manager does for its own hosts. */
  const watchForever = async (what: string, look: () => Promise<unknown>, pauseMs: number): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await look()
      } catch (err) {
        if (!ending.signal.aborted) log.error({ err }, `the look at the ${what} failed`)
      }
      await sleep(pauseMs, undefined, { signal: ending.signal }).catch(() => {})
    }
  }
  const watching = watchForever('hosts', () => pulse(world), PULSE_PAUSE_MS)
  const listening = watchForever('routers', following.round, world.settings.follow.roundMs)

  return {
    jobs,
    world,
    lost: Promise.race([leases.lost, member.lost]),
    announce: member.announce,
    stop: async (timeoutMs) => {
      ending.abort()
      await workers.stop(timeoutMs)
      await Promise.all([sweeping, counting, roles, health, watching, listening])
      await following.stop()
      await handover.close()
      await boss.stop({ graceful: false })
      await forgetConnections(world)
      try {
        await member.leave()
      } finally {
        await leases.close().catch(() => {})
      }
    },
  }
}
