import type { NewJob } from '@sysvm/manager/jobs'
import type { Transaction } from 'kysely'
import type { Database } from '../model/schema.ts'
import type { Context } from './command.ts'

/** What a command made or changed when its job's target is something else: a rule, whose network is reconciled. */
export interface Instance {
  /** Its id, for the command's `result`. */
  readonly instance: string
  /** What queryAsyncJobResult calls it: `FirewallRule`, `PortForwardingRule`, … */
  readonly instancetype: string
}
/** The job of a change to its target, or to something of it that was made: done as soon as the target is reconciled. */
export const startJobOf = async (
  { jobs }: Context,
  trx: Transaction<Database>,
  job: NewJob,
  made?: Instance,
): Promise<{ readonly jobid: string; readonly id?: string }> => ({
  jobid: await jobs.startJob(trx, { ...job, ...made }),
  ...(made && { id: made.instance }),
})
