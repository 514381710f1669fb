import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { deleteForwarding } from '../portforwarding/delete.ts'
import { successResponse } from '../response.ts'

export const deleteIpForwardingRule = defineCommand({
  name: 'deleteIpForwardingRule',
  authorized: everyone,
  subject: 'ip_rule',
  description: 'Removes an IP forwarding rule, with what the firewall opened for it and the flows that came by it.',
  params: { id: p.required(p.uuid('The rule.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) => deleteForwarding(context, 'deleteIpForwardingRule', 'StaticNat', id),
})
