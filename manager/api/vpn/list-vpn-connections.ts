import { findVpnConnections } from '../../model/vpnconnection.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentVpnConnection, vpnConnectionResponse } from './response.ts'

export const listVpnConnections = defineCommand({
  name: 'listVpnConnections',
  authorized: everyone,
  description: 'Lists tunnels to other sites.',
  params: {
    fordisplay: p.boolean('Accepted for clients that send it; all are shown.'),
    id: p.uuid('Only the one of this id.'),
    vpcid: p.uuid('Only those of this VPC.'),
    keyword: p.text("Part of the customer gateway's name."),
    ...ownerFilter,
    ...paging,
  },
  answer: 'list',
  response: vpnConnectionResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const rows = await findVpnConnections(context.db, { ...params, accounts, vpc: params.vpcid }, pageOf(params))
    return listed(rows, presentVpnConnection(context, await ownersIn(context.db, rows.rows)))
  },
})
