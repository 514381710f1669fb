import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed } from '../paging.ts'
import { askedRules, ruleFilter } from './list.ts'
import { firewallRuleResponse, presentFirewallRule } from './response.ts'

export const listFirewallRules = defineCommand({
  name: 'listFirewallRules',
  authorized: everyone,
  description: 'Lists firewall rules of public addresses.',
  params: ruleFilter('Only rules of this public address.'),
  answer: 'list',
  response: firewallRuleResponse,
  run: async (context, params) => listed(await askedRules(context, 'Ingress', params), presentFirewallRule),
})
