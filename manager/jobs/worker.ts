import type { Kysely, Transaction } from 'kysely'
import type { PgBoss } from 'pg-boss'
import type { Database } from '../model/database.ts'
import { clearFailures, endBackoff, isPermanent, recordFailure, revisionOf, secondsUntilDue } from './backoff.ts'
import { completeJobs, failJobs, tellBegun, waitingJobs } from './completion.ts'
import type { Handover } from './handover.ts'
import type { Jobs } from './index.ts'
import type { Leases } from './lease.ts'
import { type Kind, kinds, queueOf, type Target } from './queue.ts'

/** `converged`: the world is as the row wants it. Otherwise something else must happen first, and will wake it. */
export type Outcome = 'converged' | 'waiting'

/** Reads desired state, acts, writes what it observes. May be cut at any point and repeated. */
export type Reconcile = (id: string) => Promise<Outcome>

export interface Reconciler {
  readonly reconcile: Reconcile
  /** Wakes those that wait for the target, in the transaction that records why it failed. */
  readonly onFailure?: (trx: Transaction<Database>, id: string) => Promise<void>
}

export interface WorkerLog {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

export interface WorkerOptions {
  readonly boss: PgBoss
  readonly db: Kysely<Database>
  readonly jobs: Jobs
  readonly leases: Leases
  readonly reconcilers: Readonly<Record<Kind, Reconciler>>
  readonly log: WorkerLog
  /** Absent, and not asked, while there is no other manager. */
  readonly handover?: Handover
  readonly self?: { readonly id: string; alone(): boolean }
  /** Targets of one kind that are worked on at once. */
  readonly concurrency?: number
}

/** One attempt at a target, with its jobs ended or its failure recorded. */
const attempt = async (options: WorkerOptions, target: Target): Promise<void> => {
  const { db, jobs, log } = options
  const revision = await revisionOf(db, target)
  // First the jobs, then the state: whatever they changed is in the state that is read next.
  const waiting = await waitingJobs(db, target)
  await tellBegun(db, waiting)
  try {
    const outcome = await options.reconcilers[target.kind].reconcile(target.id)
    if (outcome === 'converged')
      await db.transaction().execute(async (trx) => {
        await completeJobs(trx, waiting)
        await clearFailures(trx, target)
      })
    else await endBackoff(db, target)
    log.debug({ ...target, outcome, jobs: waiting.length }, 'reconciled')
  } catch (error) {
    log.warn({ ...target, err: error }, 'could not be reconciled')
    await db.transaction().execute(async (trx) => {
      if (isPermanent(error)) await failJobs(trx, waiting, error)
      const seconds = await recordFailure(trx, target, error, revision)
      await options.reconcilers[target.kind].onFailure?.(trx, target.id)
      await jobs.wake(trx, target.kind, target.id, seconds)
    })
  }
}

/** Entries that are fetched at once; while a fetch brings as many, the next follows without a pause. */
const BATCH = 16

const createSlots = (size: number) => {
  let free = size
  const waiting: (() => void)[] = []
  return {
    take: async (): Promise<void> => {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
    },
    give: (): void => {
      const next = waiting.shift()
      if (next) next()
      else free++
    },
  }
}

export interface Workers {
  /** Takes no more; resolves when those under way have ended or `timeoutMs` is over. */
  stop(timeoutMs: number): Promise<void>
}

/** Whether another manager sees to the target's host, and was told. One that just left is waited for: its hosts are shared out. */
const isElsewhere = async ({ db, jobs, handover, self }: WorkerOptions, target: Target): Promise<boolean> => {
  if (handover === undefined || self === undefined || self.alone()) return false
  const owner = await handover.ownerOf(target)
  if (owner === undefined || owner === self.id) return false
  if (!(await handover.pass(owner, target))) await jobs.wake(db, target.kind, target.id, 1)
  return true
}

/** Works the queues. One target is worked on by one manager at a time; wakes that come meanwhile run it once more. */
export const startWorkers = async (options: WorkerOptions): Promise<Workers> => {
  const { boss, db, jobs, leases, log, concurrency = 16 } = options
  const underWay = new Set<Promise<void>>()
  const again = new Set<string>()
  const running = new Set<string>()

  const run = async (target: Target): Promise<void> => {
    const name = `${target.kind}/${target.id}`
    if (running.has(name)) {
      again.add(name)
      return
    }
    running.add(name)
    try {
      if (await isElsewhere(options, target)) return
      if (!(await leases.acquire(target))) {
        await jobs.wake(db, target.kind, target.id, 1)
        return
      }
      try {
        do {
          again.delete(name)
          // Two that wait for each other wake each other: what fails must not be tried at their pace.
          const early = await secondsUntilDue(db, target)
          if (early > 0) await jobs.wake(db, target.kind, target.id, early)
          else await attempt(options, target)
        } while (again.has(name))
      } finally {
        await leases.release(target)
      }
    } catch (error) {
      // The database is away; the sweep comes back to it.
      log.error({ ...target, err: error }, 'an attempt could not be recorded')
    } finally {
      running.delete(name)
    }
    // A wake that came after the last look.
    if (again.delete(name)) await run(target)
  }

  const start = async (target: Target): Promise<void> => {
    const work = run(target)
    underWay.add(work)
    await work.finally(() => underWay.delete(work))
  }

  await options.handover?.receive(start)
  for (const kind of kinds) {
    const slots = createSlots(concurrency)
    await boss.work<{ id: string }>(
      queueOf(kind),
      { batchSize: BATCH, burstWhenBatchFull: true, pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 },
      // An entry is done with when its target is begun, so that the slow ones of a batch keep nobody waiting.
      async (entries) => {
        for (const { data } of entries) {
          await slots.take()
          void start({ kind, id: data.id }).finally(slots.give)
        }
      },
    )
  }
  return {
    stop: async (timeoutMs) => {
      await Promise.all(kinds.map((kind) => boss.offWork(queueOf(kind), { wait: false })))
      const timer = new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())
      await Promise.race([Promise.allSettled(underWay), timer])
    },
  }
}
