import { SysvmError } from '@sysvm/errors'
import { findStickinessPolicies, updateStickinessPolicyRow } from '../../model/loadbalancer-policy.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { checkFit } from '../loadbalancer/fit.ts'
import { changeRule } from '../loadbalancer/job.ts'
import { shapeOf } from '../loadbalancer/shape.ts'
import * as p from '../parameter.ts'
import { methods, stickinessParams } from './methods.ts'
import { stickinessResponse } from './response.ts'
import { stickinessResult } from './result.ts'

export const updateLBStickinessPolicy = defineCommand({
  name: 'updateLBStickinessPolicy',
  authorized: everyone,
  description: 'Changes a stickiness policy. All but id and fordisplay are of sysvm alone.',
  since: '4.4',
  params: {
    id: p.required(p.uuid('The policy.')),
    ...p.own({
      name: p.name('New name.'),
      description: p.text('New text for people.', 4096),
      methodname: p.choice('What tells clients apart; needs param where the method does.', methods),
      param: p.map('All parameters of the method, in place of those it has.'),
    }),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: stickinessResponse,
  result: stickinessResult,
  run: async (context, { id, name, description, methodname, param }) => {
    const [policy] = await findStickinessPolicies(context.db, { id })
    const { rule: ruleId, method } = found(policy, 'id', 'stickiness policy', id)
    const renewed =
      methodname === undefined && param === undefined
        ? undefined
        : { method: methodname ?? method, params: stickinessParams(methodname ?? method, param) }
    return changeRule(context, ruleId, {
      cmd: 'updateLBStickinessPolicy',
      instancetype: 'LBStickinessPolicy',
      work: async (trx, rule) => {
        if (renewed !== undefined) checkFit({ ...(await shapeOf(trx, rule)), stickiness: renewed.method })
        const values = renewed && { method: renewed.method, params: JSON.stringify(renewed.params) }
        const changed = await updateStickinessPolicyRow(trx, id, { ...changes({ name, description }), ...values })
        if (!changed) throw new SysvmError('SYSVM_NOT_FOUND', `The stickiness policy ${id} was deleted meanwhile.`)
        return id
      },
    })
  },
})
