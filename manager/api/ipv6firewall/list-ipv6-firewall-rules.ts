import { findFirewallRules } from '../../model/firewall.ts'
import { defineCommand } from '../command.ts'
import { ipv6RuleListResponse, presentOwnRule } from '../firewall/response.ts'
import { checkOwner, ownerFilter } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'

export const listIpv6FirewallRules = defineCommand({
  name: 'listIpv6FirewallRules',
  description: 'Lists IPv6 firewall rules.',
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
  response: ipv6RuleListResponse,
  run: async (context, params) => {
    checkOwner(context, params)
    const { id, networkid: network, traffictype, keyword } = params
    const filter = { kind: 'Ipv6', id, network, traffictype, keyword } as const
    return listed(await findFirewallRules(context.db, filter, pageOf(params)), presentOwnRule)
  },
})
