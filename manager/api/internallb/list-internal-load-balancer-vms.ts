import { routersBalancing } from '../../model/loadbalancer.ts'
import { findNics } from '../../model/nic.ts'
import { findRouters } from '../../model/router.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { presentRouter, routerResponse } from '../router/response.ts'

const STATES = ['Starting', 'Running', 'Stopping', 'Stopped', 'Error', 'Destroyed'] as const

export const listInternalLoadBalancerVMs = defineCommand({
  name: 'listInternalLoadBalancerVMs',
  authorized: admins,
  description: 'Lists the machines that serve internal load balancers: the routers of their networks.',
  params: {
    id: p.uuid('Only the machine of this id.'),
    name: p.text('Only the machine of this instance name.'),
    zoneid: p.uuid('Only machines of this zone.'),
    podid: p.uuid('Only machines on hosts of this pod.'),
    hostid: p.uuid('Only machines on this host.'),
    networkid: p.uuid('Only machines of this network.'),
    vpcid: p.uuid('Only machines of this VPC.'),
    forvpc: p.boolean('Only machines of VPCs, or only others.'),
    state: p.choice('Only machines in this state.', STATES),
    fetchhealthcheckresults: p.boolean('Accepted for clients that send it; what is known is answered in any case.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('internalloadbalancervm', routerResponse.fields),
  run: async (context, params) => {
    const filter = {
      accounts: await ownersOf(context, params),
      id: params.id,
      name: params.name,
      keyword: params.keyword,
      zone: params.zoneid,
      pod: params.podid,
      host: params.hostid,
      network: params.networkid,
      vpc: params.vpcid,
      forvpc: params.forvpc,
      state: params.state,
    }
    const balancing = new Set(await routersBalancing(context.db))
    const { rows } = await findRouters(context.db, filter, { limit: 100_000, offset: 0 })
    const routers = rows.filter(({ id }) => balancing.has(id))
    const nics = await findNics(context.db, { routers: routers.map(({ id }) => id) })
    return listedFrom(routers.map(presentRouter(await ownersIn(context.db, routers), nics)), pageOf(params))
  },
})
