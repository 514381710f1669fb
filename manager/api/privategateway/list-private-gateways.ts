import { findPrivateGateways } from '../../model/privategateway.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentPrivateGateway, privateGatewayResponse } from './response.ts'

export const listPrivateGateways = defineCommand({
  name: 'listPrivateGateways',
  authorized: everyone,
  description: 'Lists private gateways of VPCs.',
  params: {
    id: p.uuid('Only the private gateway of this id.'),
    vpcid: p.uuid('Only those of this VPC.'),
    ipaddress: p.ipv4('Only the one with this address.'),
    vlan: p.text('Only those on this VLAN.'),
    state: p.choice('Only those in this state.', ['Ready', 'Creating', 'Deleting']),
    keyword: p.text('Part of the address.'),
    ...ownerFilter,
    ...paging,
  },
  answer: 'list',
  response: privateGatewayResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const filter = { ...params, accounts, vpc: params.vpcid, address: params.ipaddress }
    const gateways = await findPrivateGateways(context.db, filter, pageOf(params))
    return listed(gateways, presentPrivateGateway(await ownersIn(context.db, gateways.rows)))
  },
})
