import { SysvmError } from '@sysvm/errors'
import { type Kysely, sql, type Transaction } from 'kysely'
import { fromKysely, type PgBoss } from 'pg-boss'
import { actorOf } from '../model/actor.ts'
import type { Database } from '../model/database.ts'
import { type Kind, queueOf, type Target } from './queue.ts'

export { type Kind, kinds, openQueues, type Target } from './queue.ts'

export interface NewJob {
  /** The API command, as `deployVirtualMachine`. */
  readonly cmd: string
  readonly target: Target
  /** The target's revision that this job brought about. */
  readonly revision: number
  /** `VirtualMachine`, `Network`, `DomainRouter`, …: what queryAsyncJobResult names. */
  readonly instancetype: string
  /** What the command made or changed, when that is not the target: a rule of a network. Its result is rendered. */
  readonly instance?: string | undefined
  /** Id of the password that the command gave to a guest. */
  readonly password?: string | null | undefined
  /** Image whose firmware the command asks for in routers that run: where that does not come up, the job fails. */
  readonly firmware?: string | undefined
}

export interface Jobs {
  /**
   * Makes the job that a client polls and wakes its target's reconciler, all in the caller's transaction: either the
   * change, its job and the wake-up exist, or none of them. Returns the job's id.
   */
  startJob(trx: Transaction<Database>, job: NewJob): Promise<string>
  /**
   * Has the target reconciled after the transaction commits, at the earliest `delaySeconds` from now; one that failed
   * and was not changed since waits until it is due.
   */
  wake(trx: Kysely<Database>, kind: Kind, id: string, delaySeconds?: number): Promise<void>
  /** The same of many, now, by whoever changed nothing: in two statements, however many they are. */
  wakeMany(db: Kysely<Database>, kind: Kind, ids: readonly string[]): Promise<void>
}

/**
 * An entry that waits already is pulled forward and thereby locked until the caller commits, so that no worker can
 * take it and read the state from before the commit.
 */
const wakeWith =
  (boss: PgBoss): Jobs['wake'] =>
  async (trx, kind, id, delaySeconds = 0) => {
    const db = fromKysely(trx)
    if (delaySeconds > 0) {
      // An entry that waits is due no later than it was asked to be: it stays.
      await boss.send(queueOf(kind), { id }, { singletonKey: id, startAfter: delaySeconds, db })
      return
    }
    // Between the insert that meets a waiting entry and the update of it, a worker may take it; then insert anew.
    for (let attempt = 0; attempt < 10; attempt++) {
      const { jobs } = await boss.upsert(queueOf(kind), { id }, { singletonKey: id, startAfter: 0, db })
      if (jobs.length > 0) return
    }
    throw new SysvmError('SYSVM_QUEUE', `The ${kind} ${id} could not be queued for its reconciler. Try again.`, {
      details: { kind, id },
    })
  }

/** Most entries of one statement. */
const MOST_AT_ONCE = 1000

const wakeManyWith =
  (boss: PgBoss): Jobs['wakeMany'] =>
  async (db, kind, ids) => {
    const queue = queueOf(kind)
    // In one order, as everybody who waits for others' rows.
    const sorted = ids.toSorted()
    for (let first = 0; first < sorted.length; first += MOST_AT_ONCE) {
      const some = sorted.slice(first, first + MOST_AT_ONCE)
      await boss.insert(
        queue,
        some.map((id) => ({ data: { id }, singletonKey: id })),
        { db: fromKysely(db) },
      )
      // Those that wait already for later.
      await sql`update pgboss.job set start_after = now()
        where name = ${queue} and state = 'created' and start_after > now() and singleton_key = any(${some})`.execute(
        db,
      )
    }
  }

/** The two verbs that change desired state; both act inside the caller's transaction. */
export const createJobs = (boss: PgBoss): Jobs => {
  const wake = wakeWith(boss)
  return {
    wake,
    wakeMany: wakeManyWith(boss),
    startJob: async (
      trx,
      { cmd, target, revision, instancetype, instance = null, password = null, firmware = null },
    ) => {
      const { id } = await trx
        .insertInto('async_job')
        .values({
          ...{
            cmd,
            target_kind: target.kind,
            target: target.id,
            revision,
            jobinstancetype: instancetype,
            instance,
            password,
            firmware,
          },
          ...actorOf(trx),
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      await wake(trx, target.kind, target.id)
      return id
    },
  }
}
