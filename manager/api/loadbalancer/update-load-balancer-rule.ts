import { SysvmError } from '@sysvm/errors'
import { updateLoadBalancerRuleRow } from '../../model/loadbalancer.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { checkFit } from './fit.ts'
import { changeRule, ruleResult } from './job.ts'
import { algorithms, cidrs, limitsOf, protocols, timeoutsOf, tuning } from './parameters.ts'
import { madeRuleResponse } from './response.ts'
import { shapeOf } from './shape.ts'

export const updateLoadBalancerRule = defineCommand({
  name: 'updateLoadBalancerRule',
  authorized: everyone,
  description: 'Changes a load balancer rule. Limits and timeouts that are given replace those of the same name.',
  params: {
    id: p.required(p.uuid('The rule.')),
    name: p.name('New name.'),
    description: p.text('New text for people.', 4096),
    algorithm: p.choice('How members are chosen.', algorithms),
    protocol: p.choice('Protocol; from or to udp only by a new rule.', protocols),
    cidrlist: p.orNone(cidrs('Networks whose clients may connect; 0.0.0.0/0 or empty: all.')),
    fordisplay: p.only('Whether it is shown.', true),
    ...tuning,
  },
  unsupported: ['customid'],
  answer: 'job',
  response: madeRuleResponse,
  result: ruleResult,
  run: (context, params) =>
    changeRule(context, params.id, {
      cmd: 'updateLoadBalancerRule',
      scheme: 'Public',
      work: async (trx, rule) => {
        const { name, description, algorithm, protocol, cidrlist } = params
        if (protocol !== undefined && (protocol === 'udp') !== (rule.protocol === 'udp'))
          throw new SysvmError(
            'SYSVM_API_PARAMETER',
            `Parameter protocol: a rule of ${rule.protocol} cannot become one of ${protocol}: make another rule.`,
          )
        const limits = { ...rule.limits, ...limitsOf(params) }
        const timeouts = { ...rule.timeouts, ...timeoutsOf(params) }
        const values = changes({ name, description, algorithm, protocol, cidrs: cidrlist })
        checkFit({ ...(await shapeOf(trx, rule)), ...changes({ algorithm, protocol }), limits, timeouts })
        await updateLoadBalancerRuleRow(trx, rule.id, {
          ...values,
          limits: JSON.stringify(limits),
          timeouts: JSON.stringify(timeouts),
        })
      },
    }),
})
