import { SysvmError } from '@sysvm/errors'
import { findVpc, lockVpc } from '../../model/vpc.ts'
import { IPSEC_PORTS, takeVpnPorts } from '../../model/vpn-ports.ts'
import { findVpnGatewayOf, insertVpnGateway } from '../../model/vpngateway.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { refuseWithout } from '../publicip/owned.ts'
import { refuseInactive } from '../vpc/state.ts'
import { write } from '../write.ts'
import { lockGatewayAddress, sourceNatOf } from './address.ts'
import { vpnGatewayResponse } from './response.ts'
import { vpnGatewayResult } from './result.ts'

export const createVpnGateway = defineCommand({
  name: 'createVpnGateway',
  authorized: everyone,
  description: 'Gives a VPC an end for tunnels to other sites, at one of its public addresses.',
  params: {
    vpcid: p.required(p.uuid('The VPC, which has no such gateway yet.')),
    ipaddressid: p.uuid("One of the VPC's public addresses. Default: that for source NAT."),
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: vpnGatewayResponse,
  result: vpnGatewayResult,
  run: (context, { vpcid, ipaddressid }) =>
    write(context, async (trx) => {
      found(await findVpc(trx, vpcid), 'vpcid', 'VPC', vpcid)
      const address = await lockGatewayAddress(context, trx, vpcid, ipaddressid)
      const vpc = found(await lockVpc(trx, vpcid), 'vpcid', 'VPC', vpcid)
      refuseInactive(vpc)
      await refuseWithout(trx, { kind: 'vpc', id: vpc.id }, 'Vpn')
      const other = await findVpnGatewayOf(trx, vpc.id)
      if (other !== undefined)
        throw new SysvmError('SYSVM_API_PARAMETER', `Parameter vpcid: VPC ${vpc.name} has the VPN gateway ${other.id}.`)
      const rule = await takeVpnPorts(trx, address ?? (await sourceNatOf(trx, vpc)), null, IPSEC_PORTS)
      const id = await insertVpnGateway(trx, { vpc: vpc.id, rule })
      return { jobid: await doneJob(trx, 'createVpnGateway', 'VpnGateway', id), id }
    }),
})
