import type { Transaction } from 'kysely'
import { findNetwork } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { presentNetwork } from './response.ts'

/** The job of a change to a network; its reconciler and its router's do the work. */
export const startNetworkJob = async (
  { jobs }: Context,
  trx: Transaction<Database>,
  cmd: string,
  id: string,
  revision: number,
): Promise<{ readonly jobid: string }> => ({
  jobid: await jobs.startJob(trx, { cmd, target: { kind: 'network', id }, revision, instancetype: 'Network' }),
})

export const networkResult = async ({ db, caller }: Context, id: string) => {
  const network = await findNetwork(db, id)
  return network && presentNetwork(caller)(network)
}
