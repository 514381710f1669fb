import { SysvmError } from '@sysvm/errors'
import { lockBgpPeer, updateBgpPeerRow } from '../../model/bgppeer.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { owner } from '../owner.ts'
import * as p from '../parameter.ts'
import { dedicationOf } from '../publicip/dedication.ts'
import { write } from '../write.ts'
import { bgpPeerResult, peersChanged } from './job.ts'
import { bgpPeerResponse } from './response.ts'

export const dedicateBgpPeer = defineCommand({
  name: 'dedicateBgpPeer',
  authorized: admins,
  description:
    'Keeps a BGP peer for the networks and VPCs of an account, a project or the accounts of a domain; of nobody named, for those that name it.',
  since: '4.20.0',
  params: { id: p.required(p.uuid('The peer.')), ...owner },
  answer: 'job',
  response: bgpPeerResponse,
  result: bgpPeerResult,
  run: (context, { id, ...params }) =>
    write(context, async (trx) => {
      const whose = await dedicationOf(context, trx, params)
      const peer = found(await lockBgpPeer(trx, id), 'id', 'BGP peer', id)
      if (peer.dedicated) throw new SysvmError('SYSVM_RESOURCE_STATE', 'The BGP peer is dedicated already.')
      await updateBgpPeerRow(trx, id, { dedicated: true, ...whose })
      return peersChanged(context, trx, 'dedicateBgpPeer', peer)
    }),
})
