import { findLoadBalancerRules, membersOf } from '../../model/loadbalancer.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { internalBalancerResponse, presentInternalBalancer } from './response.ts'

export const listLoadBalancers = defineCommand({
  name: 'listLoadBalancers',
  authorized: everyone,
  description: 'Lists internal load balancers.',
  since: '4.2.0',
  params: {
    id: p.uuid('Only the load balancer of this id.'),
    name: p.text('Only load balancers of this name.'),
    networkid: p.uuid('Only load balancers with members on this network.'),
    scheme: p.choice('Only load balancers of this scheme.', ['Internal', 'Public']),
    sourceipaddress: p.ipv4('Only load balancers with this address.'),
    sourceipaddressnetworkid: p.uuid('Only load balancers with an address of this network.'),
    fordisplay: p.boolean('Accepted for clients that send it; every load balancer is shown.'),
    ...ownerFilter,
    ...search,
    ...tagsFilter,
  },
  answer: 'list',
  response: internalBalancerResponse,
  run: async (context, params) => {
    if (params.scheme === 'Public') return { count: 0, items: [] }
    const filter = {
      accounts: await ownersOf(context, params),
      scheme: 'Internal' as const,
      id: params.id,
      name: params.name,
      keyword: params.keyword,
      network: params.networkid,
      sourceAddress: params.sourceipaddress,
      sourceNetwork: params.sourceipaddressnetworkid,
    }
    const rules = await findLoadBalancerRules(context.db, filter, pageOf(params))
    const members = await membersOf(
      context.db,
      rules.rows.map(({ id }) => id),
    )
    return listed(rules, presentInternalBalancer(await ownersIn(context.db, rules.rows), members))
  },
})
