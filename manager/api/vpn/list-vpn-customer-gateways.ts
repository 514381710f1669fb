import { findVpnCustomerGateways } from '../../model/vpncustomergateway.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentVpnCustomerGateway, vpnCustomerGatewayResponse } from './response.ts'

export const listVpnCustomerGateways = defineCommand({
  name: 'listVpnCustomerGateways',
  authorized: everyone,
  description: 'Lists gateways of other sites.',
  params: {
    id: p.uuid('Only the one of this id.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: vpnCustomerGatewayResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const rows = await findVpnCustomerGateways(context.db, { ...params, accounts }, pageOf(params))
    return listed(rows, presentVpnCustomerGateway(context, await ownersIn(context.db, rows.rows)))
  },
})
