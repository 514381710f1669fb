import type { Transaction } from 'kysely'
import { insertDoneJob } from '../model/job.ts'
import type { Database } from '../model/schema.ts'
import type { WireObject } from './wire/value.ts'

/**
 * The job of a command that is asynchronous in CloudStack but whose whole work is its own transaction: it exists for
 * clients that poll, and is done when they first see it. `result`: what it answers, where that is not the thing as it
 * is when it is asked for.
 */
export const doneJob = (
  trx: Transaction<Database>,
  cmd: string,
  instancetype: string,
  id: string,
  result?: WireObject,
): Promise<string> => insertDoneJob(trx, { cmd, instancetype, target: id }, result)
