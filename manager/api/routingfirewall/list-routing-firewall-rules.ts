import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { askedRules, ownRuleFilter } from '../firewall/list.ts'
import { presentOwnRule, routingRuleListResponse } from '../firewall/response.ts'
import { listed } from '../paging.ts'

export const listRoutingFirewallRules = defineCommand({
  name: 'listRoutingFirewallRules',
  authorized: everyone,
  description: 'Lists firewall rules of routed networks.',
  since: '4.20.0',
  params: ownRuleFilter,
  answer: 'list',
  response: routingRuleListResponse,
  run: async (context, params) => listed(await askedRules(context, 'Routing', params), presentOwnRule),
})
