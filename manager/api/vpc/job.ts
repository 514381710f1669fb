import type { Transaction } from 'kysely'
import { findTiers } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { findVpc } from '../../model/vpc.ts'
import type { Context } from '../command.ts'
import { type Instance, startJobOf } from '../instance.ts'
import { ownersIn } from '../owner.ts'
import { presentVpc } from './response.ts'

/** The job of a change to a VPC or to something of it: done as soon as the VPC's router holds the revision. */
export const startVpcJob = (
  context: Context,
  trx: Transaction<Database>,
  cmd: string,
  id: string,
  revision: number,
  made?: Instance,
) => startJobOf(context, trx, { cmd, target: { kind: 'vpc', id }, revision, instancetype: 'Vpc' }, made)

export const vpcResult = async ({ db }: Context, id: string) => {
  const vpc = await findVpc(db, id)
  return vpc && presentVpc(await ownersIn(db, [vpc]), await findTiers(db, [id]))(vpc)
}
