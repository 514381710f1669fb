import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { askedRules, ownRuleFilter } from '../firewall/list.ts'
import { ipv6RuleListResponse, presentOwnRule } from '../firewall/response.ts'
import { listed } from '../paging.ts'

export const listIpv6FirewallRules = defineCommand({
  name: 'listIpv6FirewallRules',
  authorized: everyone,
  description: 'Lists IPv6 firewall rules.',
  params: ownRuleFilter,
  answer: 'list',
  response: ipv6RuleListResponse,
  run: async (context, params) => listed(await askedRules(context, 'Ipv6', params), presentOwnRule),
})
