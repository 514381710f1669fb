import type { Transaction } from 'kysely'
import { findNetwork } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { type Instance, startJobOf } from '../instance.ts'
import { ownersIn } from '../owner.ts'
import { presentNetwork } from './response.ts'

/**
 * The job of a change to a network or to something of it, which is then its `instance`: done as soon as the network's
 * router holds the revision.
 */
export const startNetworkJob = (
  context: Context,
  trx: Transaction<Database>,
  cmd: string,
  id: string,
  revision: number,
  made?: Instance,
) => startJobOf(context, trx, { cmd, target: { kind: 'network', id }, revision, instancetype: 'Network' }, made)

export const networkResult = async ({ db }: Context, id: string) => {
  const network = await findNetwork(db, id)
  return network && presentNetwork(await ownersIn(db, [network]))(network)
}
