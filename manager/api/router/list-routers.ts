import { findNics } from '../../model/nic.ts'
import { findRouters } from '../../model/router.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { asksForNone, noneFilters } from '../none.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentRouter, routerResponse } from './response.ts'

export const listRouters = defineCommand({
  name: 'listRouters',
  authorized: admins,
  description: 'Lists virtual routers.',
  params: {
    id: p.uuid('Only the router of this id.'),
    name: p.text('Only the router of this instance name.'),
    zoneid: p.uuid('Only routers of this zone.'),
    podid: p.uuid('Only routers on hosts of this pod.'),
    clusterid: p.uuid('Only routers on hosts of this cluster.'),
    hostid: p.uuid('Only routers on this host.'),
    networkid: p.uuid('Only the router of this network, be it a tier.'),
    state: p.choice('Only routers in this state.', [
      'Starting',
      'Running',
      'Stopping',
      'Stopped',
      'Migrating',
      'Error',
      'Destroyed',
    ]),
    vpcid: p.uuid('Only the router of this VPC.'),
    forvpc: p.boolean('Only routers of VPCs, or only others.'),
    fetchhealthcheckresults: p.boolean('Accepted for clients that send it; what is known is answered in any case.'),
    healthchecksfailed: p.boolean('Only routers with something wrong, or only others.'),
    version: p.text('Only routers of the image that version names.', 64),
    arch: noneFilters.arch,
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: routerResponse,
  run: async (context, params) => {
    if (asksForNone(params)) return { count: 0, items: [] }
    const filter = {
      ...params,
      failed: params.healthchecksfailed,
      accounts: await ownersOf(context, params),
      zone: params.zoneid,
      pod: params.podid,
      cluster: params.clusterid,
      host: params.hostid,
      network: params.networkid,
      vpc: params.vpcid,
    }
    const routers = await findRouters(context.db, filter, pageOf(params))
    const nics = await findNics(context.db, { routers: routers.rows.map((row) => row.id) })
    return listed(routers, presentRouter(await ownersIn(context.db, routers.rows), nics))
  },
})
