import type { Transaction } from 'kysely'
import { findNetwork } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import type { Instance } from '../instance.ts'
import { presentNetwork } from './response.ts'

/**
 * The job of a change to a network or to something of it, which is then its `instance`: done as soon as the network's
 * router holds the revision.
 */
export const startNetworkJob = async (
  { jobs }: Context,
  trx: Transaction<Database>,
  cmd: string,
  id: string,
  revision: number,
  made?: Instance,
): Promise<{ readonly jobid: string; readonly id?: string }> => ({
  jobid: await jobs.startJob(trx, {
    cmd,
    target: { kind: 'network', id },
    revision,
    instancetype: made?.instancetype ?? 'Network',
    instance: made?.instance,
  }),
  ...(made && { id: made.instance }),
})

export const networkResult = async ({ db, caller }: Context, id: string) => {
  const network = await findNetwork(db, id)
  return network && presentNetwork(caller)(network)
}
