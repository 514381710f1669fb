import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { askedRules, ruleFilter } from '../firewall/list.ts'
import { firewallRuleResponse, presentFirewallRule } from '../firewall/response.ts'
import { listed } from '../paging.ts'

export const listEgressFirewallRules = defineCommand({
  name: 'listEgressFirewallRules',
  authorized: everyone,
  description: 'Lists rules of what guests of networks send.',
  params: ruleFilter('Accepted for clients that send it; such rules are of no address.'),
  answer: 'list',
  response: firewallRuleResponse,
  run: async (context, params) => listed(await askedRules(context, 'Egress', params), presentFirewallRule),
})
