import { findVpnGateways } from '../../model/vpngateway.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentVpnGateway, vpnGatewayResponse } from './response.ts'

export const listVpnGateways = defineCommand({
  name: 'listVpnGateways',
  authorized: everyone,
  description: 'Lists VPN gateways of VPCs.',
  params: {
    fordisplay: p.boolean('Accepted for clients that send it; all are shown.'),
    id: p.uuid('Only the one of this id.'),
    vpcid: p.uuid('Only that of this VPC.'),
    keyword: p.text('Part of the public address.'),
    ...ownerFilter,
    ...paging,
  },
  answer: 'list',
  response: vpnGatewayResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const rows = await findVpnGateways(context.db, { ...params, accounts, vpc: params.vpcid }, pageOf(params))
    return listed(rows, presentVpnGateway(await ownersIn(context.db, rows.rows)))
  },
})
