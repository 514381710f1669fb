import { setPeersOf } from '../../model/bgppeer.ts'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { findVpcOffering } from '../../model/vpcoffering.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { startVpcJob } from '../vpc/job.ts'
import { refuseInactive } from '../vpc/state.ts'
import { write } from '../write.ts'
import { bgpPeerResult } from './job.ts'
import { namedPeers, refuseStatic } from './named.ts'
import { bgpPeerResponse } from './response.ts'

export const changeBgpPeersForVpc = defineCommand({
  name: 'changeBgpPeersForVpc',
  authorized: admins,
  description: 'Names the BGP peers of a dynamically routed VPC; none: all of its zone that are not dedicated.',
  since: '4.20.0',
  params: {
    vpcid: p.required(p.uuid('The VPC.')),
    bgppeerids: p.uuids('The peers, comma-joined.'),
  },
  answer: 'job',
  response: bgpPeerResponse,
  result: async (context, id) => bgpPeerResult(context, id),
  run: (context, { vpcid, bgppeerids }) =>
    write(context, async (trx) => {
      const vpc = found(await lockVpc(trx, vpcid), 'vpcid', 'VPC', vpcid)
      refuseInactive(vpc)
      const offering = found(await findVpcOffering(trx, vpc.offering), 'vpcid', 'VPC offering', vpc.offering)
      refuseStatic('vpcid', `VPC ${vpc.name}`, offering.routingmode)
      const scope = { kind: 'vpc', id: vpcid } as const
      const peers = await namedPeers(trx, vpc.zone, scope, bgppeerids)
      await setPeersOf(trx, scope, peers)
      const revision = (await reviseVpc(trx, vpcid)) ?? 0
      const made = peers[0] === undefined ? undefined : { instance: peers[0], instancetype: 'BgpPeer' }
      return startVpcJob(context, trx, 'changeBgpPeersForVpc', vpcid, revision, made)
    }),
})
