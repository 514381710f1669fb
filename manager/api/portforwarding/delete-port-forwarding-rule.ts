import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { deleteForwarding } from './delete.ts'

export const deletePortForwardingRule = defineCommand({
  name: 'deletePortForwardingRule',
  authorized: everyone,
  subject: 'port_forwarding',
  description: 'Ends a forwarding, with what the firewall opened for it and the flows that came by it.',
  params: { id: p.required(p.uuid('The rule.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) => deleteForwarding(context, 'deletePortForwardingRule', 'PortForwarding', id),
})
