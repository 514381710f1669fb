import { findStaticRoutes } from '../../model/staticroute.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, paging, tagsFilter } from '../paging.ts'
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
    ...tagsFilter,
  },
  answer: 'list',
  response: staticRouteResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const filter = { ...params, accounts, vpc: params.vpcid, privateGateway: params.gatewayid }
    const routes = await findStaticRoutes(context.db, filter, pageOf(params))
    return listed(routes, presentStaticRoute(await ownersIn(context.db, routes.rows)))
  },
})
