import { findFirewallRules } from '../../model/firewall.ts'
import { defineCommand } from '../command.ts'
import { checkOwner, ownerFilter } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { firewallRuleResponse, presentFirewallRule } from './response.ts'

export const listFirewallRules = defineCommand({
  name: 'listFirewallRules',
  description: 'Lists firewall rules of public addresses.',
  params: {
    id: p.uuid('Only the rule of this id.'),
    ipaddressid: p.uuid('Only rules of this public address.'),
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
    const filter = { kind: 'Ingress', id, publicIp, network, keyword } as const
    return listed(await findFirewallRules(context.db, filter, pageOf(params)), presentFirewallRule)
  },
})
