import type { Transaction } from 'kysely'
import { dynamicScopes, findBgpPeer } from '../../model/bgppeer.ts'
import { reviseNetwork } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { reviseVpc } from '../../model/vpc.ts'
import type { Context } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { presentBgpPeer } from './response.ts'

export const bgpPeerResult = async ({ db }: Context, id: string) => {
  const peer = await findBgpPeer(db, id)
  return peer && presentBgpPeer(peer)
}

/**
 * Routers of the zone learn of a change to its peers, each when it can: a peer is many routers' business, so that the
 * job does not wait for them.
 */
export const peersChanged = async (
  { jobs }: Context,
  trx: Transaction<Database>,
  cmd: string,
  { id, zone }: { readonly id: string; readonly zone: string },
): Promise<{ readonly jobid: string; readonly id: string }> => {
  for (const scope of await dynamicScopes(trx, zone)) {
    await (scope.kind === 'network' ? reviseNetwork : reviseVpc)(trx, scope.id)
    await jobs.wake(trx, scope.kind, scope.id)
  }
  return { jobid: await doneJob(trx, cmd, 'BgpPeer', id), id }
}
