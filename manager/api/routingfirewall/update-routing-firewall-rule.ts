import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownRuleResult, touchRule } from '../firewall/job.ts'
import { madeRuleResponse } from '../firewall/response.ts'
import * as p from '../parameter.ts'

export const updateRoutingFirewallRule = defineCommand({
  name: 'updateRoutingFirewallRule',
  authorized: everyone,
  subject: 'firewall_rule',
  description: 'Accepted for clients that send it: nothing of a rule can be changed that a packet meets.',
  since: '4.20.0',
  params: {
    id: p.required(p.uuid('The rule.')),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: madeRuleResponse,
  result: ownRuleResult,
  run: (context, { id }) => touchRule(context, 'updateRoutingFirewallRule', 'Routing', id),
})
