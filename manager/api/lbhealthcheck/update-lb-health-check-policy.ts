import { SysvmError } from '@sysvm/errors'
import { findHealthCheckPolicies, updateHealthCheckPolicyRow } from '../../model/loadbalancer-policy.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { checkFit } from '../loadbalancer/fit.ts'
import { changeRule } from '../loadbalancer/job.ts'
import { shapeOf } from '../loadbalancer/shape.ts'
import * as p from '../parameter.ts'
import { checkOf, checkParameters } from './parameters.ts'
import { healthCheckResponse } from './response.ts'
import { healthCheckResult } from './result.ts'

export const updateLBHealthCheckPolicy = defineCommand({
  name: 'updateLBHealthCheckPolicy',
  authorized: everyone,
  description: 'Changes a health check policy. All but id and fordisplay are of sysvm alone.',
  since: '4.4',
  params: {
    id: p.required(p.uuid('The policy.')),
    ...p.own(checkParameters),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: healthCheckResponse,
  result: healthCheckResult,
  run: async (context, { id, description, ...given }) => {
    const [policy] = await findHealthCheckPolicies(context.db, { id })
    return changeRule(context, found(policy, 'id', 'health check policy', id).rule, {
      cmd: 'updateLBHealthCheckPolicy',
      instancetype: 'LBHealthCheckPolicy',
      work: async (trx, rule) => {
        const [before] = await findHealthCheckPolicies(trx, { id })
        if (before === undefined)
          throw new SysvmError('SYSVM_NOT_FOUND', `The health check policy ${id} was deleted meanwhile.`)
        const check = checkOf(rule.protocol, { description, ...given }, before)
        checkFit({ ...(await shapeOf(trx, rule)), check: check.kind })
        await updateHealthCheckPolicyRow(trx, id, { ...check, ...changes({ description }) })
        return id
      },
    })
  },
})
