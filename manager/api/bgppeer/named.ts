import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { lockBgpPeer, type PeerScope, peersOfOthers } from '../../model/bgppeer.ts'
import type { Database } from '../../model/schema.ts'
import { found } from '../found.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Peers of the zone that somebody names for a network or VPC, none twice, and none of others'; locked in the order of their ids. */
export const namedPeers = async (
  trx: Transaction<Database>,
  zone: string,
  scope: PeerScope,
  ids: readonly string[] = [],
): Promise<readonly string[]> => {
  const named = [...new Set(ids)].toSorted()
  for (const id of named) {
    const peer = found(await lockBgpPeer(trx, id), 'bgppeerids', 'BGP peer', id)
    if (peer.zone !== zone) throw bad(`Parameter bgppeerids: the BGP peer ${id} is in another zone.`)
  }
  const [other] = await peersOfOthers(trx, scope, named)
  if (other !== undefined)
    throw new SysvmError(
      'SYSVM_API_FORBIDDEN',
      `Parameter bgppeerids: the BGP peer ${other} is dedicated to others: choose another one.`,
      { details: { parameter: 'bgppeerids' } },
    )
  return named
}

/** Only routers of dynamically routed networks speak BGP; `parameter` asked for it. */
export const refuseStatic = (parameter: string, name: string, routingmode: 'Static' | 'Dynamic' | null): void => {
  if (routingmode !== 'Dynamic')
    throw bad(
      `Parameter ${parameter}: ${name} is not routed dynamically, so that it has no BGP peers: choose an offering with routingmode Dynamic.`,
    )
}
