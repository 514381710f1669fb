import { SysvmError } from '@sysvm/errors'
import { numberSetting } from '../../model/settings/index.ts'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { insertVpnConnection, remoteEndsOf } from '../../model/vpnconnection.ts'
import { lockVpnCustomerGateway } from '../../model/vpncustomergateway.ts'
import { findVpnGateway } from '../../model/vpngateway.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseForeign } from '../cross-account.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { startVpcJob } from '../vpc/job.ts'
import { refuseInactive } from '../vpc/state.ts'
import { write } from '../write.ts'
import { refusePeerOverlap } from './overlap.ts'
import { vpnConnectionResponse } from './response.ts'
import { vpnConnectionResult } from './result.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

export const createVpnConnection = defineCommand({
  name: 'createVpnConnection',
  authorized: everyone,
  description: "Makes a tunnel from a VPC's VPN gateway to the gateway of another site.",
  params: {
    s2svpngatewayid: p.required(p.uuid("The VPC's VPN gateway.")),
    s2scustomergatewayid: p.required(p.uuid('The customer gateway, of the same account.')),
    passive: p.boolean('True: it waits for its peer to call. Default false.'),
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: vpnConnectionResponse,
  result: vpnConnectionResult,
  run: (context, { s2svpngatewayid, s2scustomergatewayid, passive }) =>
    write(context, async (trx) => {
      const customer = found(
        await lockVpnCustomerGateway(trx, s2scustomergatewayid),
        's2scustomergatewayid',
        'VPN customer gateway',
        s2scustomergatewayid,
      )
      const mine = async () =>
        found(await findVpnGateway(trx, s2svpngatewayid), 's2svpngatewayid', 'VPN gateway', s2svpngatewayid)
      const { vpc: vpcId, account } = await mine()
      refuseForeign(account, customer, 's2scustomergatewayid', `the customer gateway ${customer.name}`)
      const vpc = found(await lockVpc(trx, vpcId), 's2svpngatewayid', 'VPN gateway', s2svpngatewayid)
      refuseInactive(vpc)
      // Asked again: it may have gone until the VPC was held.
      await mine()
      const tunnels = await remoteEndsOf(trx, vpc.id)
      const same = tunnels.find((one) => one.customer === customer.id)
      if (same !== undefined) throw bad(`Parameter s2scustomergatewayid: the VPN connection ${same.id} leads to it.`)
      const most = await numberSetting(trx, 'site2site.vpn.vpngateway.connection.limit')
      if (tunnels.length >= most)
        throw bad(
          `Parameter s2svpngatewayid: it has ${tunnels.length} connections; site2site.vpn.vpngateway.connection.limit is ${most}.`,
        )
      await refusePeerOverlap(trx, vpc, customer)
      const revision = (await reviseVpc(trx, vpc.id)) ?? 0
      const id = await insertVpnConnection(trx, {
        vpn_gateway: s2svpngatewayid,
        customer_gateway: customer.id,
        passive: passive ?? false,
        state: passive ? 'Disconnected' : 'Connecting',
        revision,
      })
      const made = { instance: id, instancetype: 'VpnConnection' }
      return startVpcJob(context, trx, 'createVpnConnection', vpc.id, revision, made)
    }),
})
