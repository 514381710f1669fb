import { SysvmError } from '@sysvm/errors'
import { findStickinessPolicies, insertStickinessPolicy } from '../../model/loadbalancer-policy.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { checkFit } from '../loadbalancer/fit.ts'
import { changeRule } from '../loadbalancer/job.ts'
import { shapeOf } from '../loadbalancer/shape.ts'
import * as p from '../parameter.ts'
import { methods, stickinessParams } from './methods.ts'
import { stickinessResponse } from './response.ts'
import { stickinessResult } from './result.ts'

export const createLBStickinessPolicy = defineCommand({
  name: 'createLBStickinessPolicy',
  authorized: everyone,
  description: 'Keeps a client of a load balancer rule at the member that it was given first.',
  since: '3.0.0',
  params: {
    lbruleid: p.required(p.uuid('The load balancer rule, which has no such policy yet.')),
    name: p.required(p.name('Name.')),
    methodname: p.required(p.choice('What tells clients apart.', methods)),
    param: p.map("The method's parameters: param[0].name=cookie-name&param[0].value=SID."),
    description: p.text('What it is, for people.', 4096),
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: stickinessResponse,
  result: stickinessResult,
  run: (context, { lbruleid, name, methodname, param, description }) => {
    const params = stickinessParams(methodname, param)
    return changeRule(context, lbruleid, {
      cmd: 'createLBStickinessPolicy',
      parameter: 'lbruleid',
      instancetype: 'LBStickinessPolicy',
      work: async (trx, rule) => {
        const [there] = await findStickinessPolicies(trx, { rules: [rule.id] })
        if (there !== undefined)
          throw new SysvmError(
            'SYSVM_NETWORK_CONFLICT',
            `The load balancer rule ${rule.id} has the stickiness policy ${there.id} already: delete it first.`,
          )
        checkFit({ ...(await shapeOf(trx, rule)), stickiness: methodname })
        return insertStickinessPolicy(trx, {
          rule: rule.id,
          name,
          description: description ?? null,
          method: methodname,
          params: JSON.stringify(params),
        })
      },
    })
  },
})
