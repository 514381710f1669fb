import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { deleteRule } from '../firewall/job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'

export const deleteIpv6FirewallRule = defineCommand({
  name: 'deleteIpv6FirewallRule',
  authorized: everyone,
  subject: 'firewall_rule',
  description: 'Deletes an IPv6 firewall rule; connections that only it allowed end.',
  params: { id: p.required(p.uuid('The rule.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) => deleteRule(context, 'deleteIpv6FirewallRule', 'Ipv6', id),
})
