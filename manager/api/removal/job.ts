import type { Transaction } from 'kysely'
import { findRemoval } from '../../model/removal.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'

/** The job that ends when the account or domain is gone with all it had. */
export const startRemoval = async (
  { jobs }: Context,
  trx: Transaction<Database>,
  cmd: string,
  instancetype: string,
  id: string,
): Promise<{ readonly jobid: string }> => {
  const revision = (await findRemoval(trx, id))?.revision ?? 0
  return { jobid: await jobs.startJob(trx, { cmd, target: { kind: 'removal', id }, revision, instancetype }) }
}
