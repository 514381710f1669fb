import { SysvmError } from '@sysvm/errors'
import { findHealthCheckPolicies, insertHealthCheckPolicy } from '../../model/loadbalancer-policy.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { checkFit } from '../loadbalancer/fit.ts'
import { changeRule } from '../loadbalancer/job.ts'
import { shapeOf } from '../loadbalancer/shape.ts'
import * as p from '../parameter.ts'
import { checkOf, checkParameters } from './parameters.ts'
import { healthCheckResponse } from './response.ts'
import { healthCheckResult } from './result.ts'

export const createLBHealthCheckPolicy = defineCommand({
  name: 'createLBHealthCheckPolicy',
  authorized: everyone,
  description: 'Has the members of a load balancer rule checked; those that fail take no connections.',
  since: '4.2.0',
  params: {
    lbruleid: p.required(p.uuid('The load balancer rule, which has no such policy yet.')),
    ...checkParameters,
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: healthCheckResponse,
  result: healthCheckResult,
  run: (context, { lbruleid, description, ...given }) =>
    changeRule(context, lbruleid, {
      cmd: 'createLBHealthCheckPolicy',
      parameter: 'lbruleid',
      instancetype: 'LBHealthCheckPolicy',
      work: async (trx, rule) => {
        const [there] = await findHealthCheckPolicies(trx, { rules: [rule.id] })
        if (there !== undefined)
          throw new SysvmError(
            'SYSVM_NETWORK_CONFLICT',
            `The load balancer rule ${rule.id} has the health check policy ${there.id} already: change or delete it.`,
          )
        const check = checkOf(rule.protocol, { description, ...given })
        checkFit({ ...(await shapeOf(trx, rule)), check: check.kind })
        return insertHealthCheckPolicy(trx, { rule: rule.id, description: description ?? null, ...check })
      },
    }),
})
