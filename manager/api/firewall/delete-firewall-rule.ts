import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { deleteRule } from './job.ts'

export const deleteFirewallRule = defineCommand({
  name: 'deleteFirewallRule',
  authorized: everyone,
  subject: 'firewall_rule',
  description: 'Deletes a firewall rule; connections that only it allowed end.',
  params: { id: p.required(p.uuid('The rule.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) => deleteRule(context, 'deleteFirewallRule', 'Ingress', id),
})
