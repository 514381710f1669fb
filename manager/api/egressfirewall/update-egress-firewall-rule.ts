import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { firewallRuleResult, touchRule } from '../firewall/job.ts'
import { firewallRuleResponse } from '../firewall/response.ts'
import * as p from '../parameter.ts'

export const updateEgressFirewallRule = defineCommand({
  name: 'updateEgressFirewallRule',
  authorized: everyone,
  description: 'Accepted for clients that send it: nothing of a rule can be changed that a packet meets.',
  since: '4.4',
  params: {
    id: p.required(p.uuid('The rule.')),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: firewallRuleResponse,
  result: firewallRuleResult,
  run: (context, { id }) => touchRule(context, 'updateEgressFirewallRule', 'Egress', id),
})
