import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import type { Instance } from '../instance.ts'

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
