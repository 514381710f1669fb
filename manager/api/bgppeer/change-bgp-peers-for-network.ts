import { SysvmError } from '@sysvm/errors'
import { setPeersOf } from '../../model/bgppeer.ts'
import { findNetwork, lockNetwork, reviseNetwork } from '../../model/network.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { startNetworkJob } from '../network/job.ts'
import { refuseDestroyed } from '../network/state.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { bgpPeerResult } from './job.ts'
import { namedPeers, refuseStatic } from './named.ts'
import { bgpPeerResponse } from './response.ts'

export const changeBgpPeersForNetwork = defineCommand({
  name: 'changeBgpPeersForNetwork',
  authorized: admins,
  description: 'Names the BGP peers of a dynamically routed network; none: all of its zone that are not dedicated.',
  since: '4.20.0',
  params: {
    networkid: p.required(p.uuid('The network.')),
    bgppeerids: p.uuids('The peers, comma-joined.'),
  },
  answer: 'job',
  response: bgpPeerResponse,
  result: async (context, id) => bgpPeerResult(context, id),
  run: (context, { networkid, bgppeerids }) =>
    write(context, async (trx) => {
      const locked = found(await lockNetwork(trx, networkid), 'networkid', 'network', networkid)
      refuseDestroyed(locked)
      const network = found(await findNetwork(trx, networkid), 'networkid', 'network', networkid)
      if (network.vpc !== null)
        throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter networkid: it is a tier: use changeBgpPeersForVpc.')
      refuseStatic('networkid', `Network ${network.name}`, network.routingmode)
      const scope = { kind: 'network', id: networkid } as const
      const peers = await namedPeers(trx, network.zone, scope, bgppeerids)
      await setPeersOf(trx, scope, peers)
      const revision = (await reviseNetwork(trx, networkid)) ?? 0
      const made = peers[0] === undefined ? undefined : { instance: peers[0], instancetype: 'BgpPeer' }
      return startNetworkJob(context, trx, 'changeBgpPeersForNetwork', networkid, revision, made)
    }),
})
