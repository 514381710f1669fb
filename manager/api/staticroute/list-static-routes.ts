import { findStaticRoutes } from '../../model/staticroute.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { checkOwner, ownerFilter } from '../owner.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentStaticRoute, staticRouteResponse } from './response.ts'

export const listStaticRoutes = defineCommand({
  name: 'listStaticRoutes',
  authorized: everyone,
  description: 'Lists static routes of VPCs.',
  params: {
    id: p.uuid('Only the static route of this id.'),
    vpcid: p.uuid('Only those of this VPC.'),
    gatewayid: p.uuid('Only those by this private gateway.'),
    state: p.choice('Only those in this state.', ['Active', 'Add']),
    keyword: p.text('Part of the CIDR.'),
    ...ownerFilter,
    ...paging,
  },
  unsupported: ['tags'],
  answer: 'list',
  response: staticRouteResponse,
  run: async (context, params) => {
    checkOwner(context, params)
    const filter = { ...params, vpc: params.vpcid, privateGateway: params.gatewayid }
    return listed(await findStaticRoutes(context.db, filter, pageOf(params)), presentStaticRoute(context.caller))
  },
})
