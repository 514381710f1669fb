import { updateLoadBalancerRuleRow } from '../../model/loadbalancer.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { checkFit } from '../loadbalancer/fit.ts'
import { changeRule } from '../loadbalancer/job.ts'
import { algorithms, cidrs, limitsOf, timeoutsOf, tuning } from '../loadbalancer/parameters.ts'
import { shapeOf } from '../loadbalancer/shape.ts'
import * as p from '../parameter.ts'
import { internalBalancerResponse } from './response.ts'
import { internalBalancerResult } from './result.ts'

export const updateLoadBalancer = defineCommand({
  name: 'updateLoadBalancer',
  authorized: everyone,
  description: 'Changes an internal load balancer. All but id and fordisplay are of sysvm alone.',
  since: '4.4.0',
  params: {
    id: p.required(p.uuid('The load balancer.')),
    ...p.own({
      name: p.name('New name.'),
      description: p.text('New text for people.', 4096),
      algorithm: p.choice('How members are chosen.', algorithms),
      cidrlist: p.orNone(cidrs('Networks whose clients may connect; 0.0.0.0/0 or empty: all.')),
    }),
    fordisplay: p.only('Whether it is shown.', true),
    ...tuning,
  },
  unsupported: ['customid'],
  answer: 'job',
  response: internalBalancerResponse,
  result: internalBalancerResult,
  run: (context, params) =>
    changeRule(context, params.id, {
      cmd: 'updateLoadBalancer',
      scheme: 'Internal',
      instancetype: 'LoadBalancerRule',
      work: async (trx, rule) => {
        const { name, description, algorithm, cidrlist } = params
        const limits = { ...rule.limits, ...limitsOf(params) }
        const timeouts = { ...rule.timeouts, ...timeoutsOf(params) }
        checkFit({ ...(await shapeOf(trx, rule)), ...changes({ algorithm }), limits, timeouts })
        await updateLoadBalancerRuleRow(trx, rule.id, {
          ...changes({ name, description, algorithm, cidrs: cidrlist }),
          limits: JSON.stringify(limits),
          timeouts: JSON.stringify(timeouts),
        })
      },
    }),
})
