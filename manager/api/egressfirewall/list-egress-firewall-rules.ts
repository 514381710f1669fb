import { findFirewallRules } from '../../model/firewall.ts'
import { defineCommand } from '../command.ts'
import { firewallRuleResponse, presentFirewallRule } from '../firewall/response.ts'
import { checkOwner, ownerFilter } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'

export const listEgressFirewallRules = defineCommand({
  name: 'listEgressFirewallRules',
  description: 'Lists rules of what guests of networks send.',
  params: {
    id: p.uuid('Only the rule of this id.'),
    ipaddressid: p.uuid('Accepted for clients that send it; such rules are of no address.'),
    networkid: p.uuid('Only rules of this network.'),
    fordisplay: p.boolean('Accepted for clients that send it; every rule is shown.'),
    ...ownerFilter,
    ...search,
  },
  unsupported: ['projectid', 'tags'],
  answer: 'list',
  response: firewallRuleResponse,
  run: async (context, params) => {
    checkOwner(context, params)
    const { id, ipaddressid: publicIp, networkid: network, keyword } = params
    const filter = { kind: 'Egress', id, publicIp, network, keyword } as const
    return listed(await findFirewallRules(context.db, filter, pageOf(params)), presentFirewallRule)
  },
})
