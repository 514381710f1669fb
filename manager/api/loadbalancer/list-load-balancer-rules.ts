import { findLoadBalancerRules } from '../../model/loadbalancer.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentRule, ruleResponse } from './response.ts'

export const listLoadBalancerRules = defineCommand({
  name: 'listLoadBalancerRules',
  authorized: everyone,
  description: 'Lists load balancer rules of public addresses.',
  params: {
    id: p.uuid('Only the rule of this id.'),
    name: p.text('Only rules of this name.'),
    publicipid: p.uuid('Only rules of this public address.'),
    networkid: p.uuid('Only rules of this network.'),
    zoneid: p.uuid('Only rules of this zone.'),
    virtualmachineid: p.uuid('Only rules with this guest among their members.'),
    fordisplay: p.boolean('Accepted for clients that send it; every rule is shown.'),
    ...ownerFilter,
    ...search,
    ...tagsFilter,
  },
  answer: 'list',
  response: ruleResponse,
  run: async (context, params) => {
    const filter = {
      accounts: await ownersOf(context, params),
      scheme: 'Public' as const,
      id: params.id,
      name: params.name,
      keyword: params.keyword,
      publicIp: params.publicipid,
      network: params.networkid,
      zone: params.zoneid,
      guest: params.virtualmachineid,
    }
    const rules = await findLoadBalancerRules(context.db, filter, pageOf(params))
    return listed(rules, presentRule(await ownersIn(context.db, rules.rows)))
  },
})
