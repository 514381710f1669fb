import { findFirewallRules } from '../../model/firewall.ts'
import { defineCommand } from '../command.ts'
import { presentOwnRule, routingRuleListResponse } from '../firewall/response.ts'
import { checkOwner, ownerFilter } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'

export const listRoutingFirewallRules = defineCommand({
  name: 'listRoutingFirewallRules',
  description: 'Lists firewall rules of routed networks.',
  since: '4.20.0',
  params: {
    id: p.uuid('Only the rule of this id.'),
    networkid: p.uuid('Only rules of this network.'),
    traffictype: p.choice('Only rules of this direction.', ['Ingress', 'Egress']),
    fordisplay: p.boolean('Accepted for clients that send it; every rule is shown.'),
    ...ownerFilter,
    ...search,
  },
  unsupported: ['projectid', 'tags'],
  answer: 'list',
  response: routingRuleListResponse,
  run: async (context, params) => {
    checkOwner(context, params)
    const { id, networkid: network, traffictype, keyword } = params
    const filter = { kind: 'Routing', id, network, traffictype, keyword } as const
    return listed(await findFirewallRules(context.db, filter, pageOf(params)), presentOwnRule)
  },
})
