import { SysvmError } from '@sysvm/errors'
import { lockBgpPeer, updateBgpPeerRow } from '../../model/bgppeer.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { bgpPeerResult, peersChanged } from './job.ts'
import { bgpPeerResponse } from './response.ts'

export const releaseBgpPeer = defineCommand({
  name: 'releaseBgpPeer',
  authorized: admins,
  description: 'Lets every network of the zone that names no peer have this one.',
  since: '4.20.0',
  params: { id: p.required(p.uuid('The peer.')) },
  answer: 'job',
  response: bgpPeerResponse,
  result: bgpPeerResult,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const peer = found(await lockBgpPeer(trx, id), 'id', 'BGP peer', id)
      if (!peer.dedicated) throw new SysvmError('SYSVM_RESOURCE_STATE', 'The BGP peer is not dedicated.')
      await updateBgpPeerRow(trx, id, { dedicated: false, account: null, domain: null })
      return peersChanged(context, trx, 'releaseBgpPeer', peer)
    }),
})
