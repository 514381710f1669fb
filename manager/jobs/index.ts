import { SysvmError } from '@sysvm/errors'
import type { Kysely, Transaction } from 'kysely'
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

/** The two verbs that change desired state; both act inside the caller's transaction. */
export const createJobs = (boss: PgBoss): Jobs => {
  const wake = wakeWith(boss)
  return {
    wake,
    startJob: async (trx, { cmd, target, revision, instancetype, instance = null }) => {
      const { id } = await trx
        .insertInto('async_job')
        .values({
          ...{ cmd, target_kind: target.kind, target: target.id, revision, jobinstancetype: instancetype, instance },
          ...actorOf(trx),
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      await wake(trx, target.kind, target.id)
      return id
    },
  }
}
