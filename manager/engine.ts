import { setTimeout as sleep } from 'node:timers/promises'
import { createJobs, type Jobs, openQueues } from './jobs/index.ts'
import { openLeases } from './jobs/lease.ts'
import { startWorkers } from './jobs/worker.ts'
import {
  collectTraffic,
  createReconcilers,
  failOverdueJobs,
  forgetConnections,
  forgetOldJobs,
  sweep,
  type World,
} from './orchestration/index.ts'

/** How often it is looked which routers are due: their own interval is a setting. */
const COUNT_PAUSE_MS = 2000

export interface EngineOptions {
  readonly url: string
  readonly sweepSeconds: number
  /** A job that runs longer is ended as failed. */
  readonly jobSeconds: number
  /** Starts the database again when it is ours and died. */
  readonly recover?: (() => Promise<void>) | undefined
  /** The world without its jobs, which come from here. */
  readonly world: Omit<World, 'jobs'>
}

/** Queues, workers and the sweep: what turns desired state into deeds. */
export interface Engine {
  readonly jobs: Jobs
  readonly world: World
  /** Resolves when another manager took over what this one has under way: it must end. */
  readonly lost: Promise<Error>
  stop(timeoutMs: number): Promise<void>
}

export const startEngine = async (options: EngineOptions): Promise<Engine> => {
  const { url, sweepSeconds, jobSeconds } = options
  const { db, log } = options.world
  const boss = await openQueues(url, { onError: (err) => log.error({ err }, 'the queue is in trouble') })
  const jobs = createJobs(boss)
  const world: World = { ...options.world, jobs }
  const leases = await openLeases(url, {
    recover: options.recover,
    onBroken: (err) => log.error({ err }, 'the database does not answer; asking again'),
  })
  const workers = await startWorkers({ boss, db, jobs, leases, log, reconcilers: createReconcilers(world) })
  const ending = new AbortController()

  const sweepForever = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await sweep(db, jobs)
        const failed = await failOverdueJobs(db, jobSeconds)
        if (failed > 0) log.warn({ failed }, 'jobs took too long')
        await forgetOldJobs(db)
      } catch (err) {
        if (!ending.signal.aborted) log.error({ err }, 'the sweep failed')
      }
      await sleep(sweepSeconds * 1000, undefined, { signal: ending.signal }).catch(() => {})
    }
  }
  const sweeping = sweepForever()

  const countForever = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await sleep(COUNT_PAUSE_MS, undefined, { signal: ending.signal }).catch(() => {})
      try {
        if (!ending.signal.aborted) await collectTraffic(world)
      } catch (err) {
        if (!ending.signal.aborted) log.error({ err }, 'the counters of routers could not be read')
      }
    }
  }
  const counting = countForever()

  return {
    jobs,
    world,
    lost: leases.lost,
    stop: async (timeoutMs) => {
      ending.abort()
      await workers.stop(timeoutMs)
      await Promise.all([sweeping, counting])
      await boss.stop({ graceful: false })
      await forgetConnections(world)
      await leases.close().catch(() => {})
    },
  }
}
