import { deleteBgpPeerRow, lockBgpPeer } from '../../model/bgppeer.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { peersChanged } from './job.ts'

export const deleteBgpPeer = defineCommand({
  name: 'deleteBgpPeer',
  authorized: admins,
  subject: 'bgp_peer',
  description: 'Forgets a BGP peer that no network or VPC names.',
  since: '4.20.0',
  params: { id: p.required(p.uuid('The peer.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const peer = found(await lockBgpPeer(trx, id), 'id', 'BGP peer', id)
      await deleteBgpPeerRow(trx, id)
      return peersChanged(context, trx, 'deleteBgpPeer', peer)
    }),
})
