import type { Transaction } from 'kysely'
import { findTiers } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { findVpc } from '../../model/vpc.ts'
import type { Context } from '../command.ts'
import type { Instance } from '../instance.ts'
import { presentVpc } from './response.ts'

/** The job of a change to a VPC or to something of it: done as soon as the VPC's router holds the revision. */
export const startVpcJob = async (
  { jobs }: Context,
  trx: Transaction<Database>,
  cmd: string,
  id: string,
  revision: number,
  made?: Instance,
): Promise<{ readonly jobid: string; readonly id?: string }> => ({
  jobid: await jobs.startJob(trx, {
    cmd,
    target: { kind: 'vpc', id },
    revision,
    instancetype: made?.instancetype ?? 'Vpc',
    instance: made?.instance,
  }),
  ...(made && { id: made.instance }),
})

export const vpcResult = async ({ db, caller }: Context, id: string) => {
  const vpc = await findVpc(db, id)
  return vpc && presentVpc(caller, await findTiers(db, [id]))(vpc)
}
