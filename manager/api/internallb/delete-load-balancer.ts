import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { deleteRule } from '../loadbalancer/delete-load-balancer-rule.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'

export const deleteLoadBalancer = defineCommand({
  name: 'deleteLoadBalancer',
  authorized: everyone,
  subject: 'load_balancer_rule',
  description: 'Deletes an internal load balancer; its address is free again with its last one.',
  since: '4.2.0',
  params: { id: p.required(p.uuid('The load balancer.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) => deleteRule(context, 'deleteLoadBalancer', 'Internal', id),
})
