import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { deleteRule } from '../firewall/job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'

export const deleteRoutingFirewallRule = defineCommand({
  name: 'deleteRoutingFirewallRule',
  authorized: everyone,
  subject: 'firewall_rule',
  description: 'Deletes a rule of a routed network; connections that only it allowed end.',
  since: '4.20.0',
  params: { id: p.required(p.uuid('The rule.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) => deleteRule(context, 'deleteRoutingFirewallRule', 'Routing', id),
})
