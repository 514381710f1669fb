import { deleteStickinessPolicyRow, findStickinessPolicies } from '../../model/loadbalancer-policy.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { changeRule } from '../loadbalancer/job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'

export const deleteLBStickinessPolicy = defineCommand({
  name: 'deleteLBStickinessPolicy',
  authorized: everyone,
  subject: 'stickiness_policy',
  description: 'Deletes a stickiness policy: clients go to any member again.',
  since: '3.0.0',
  params: { id: p.required(p.uuid('The policy.')) },
  answer: 'job',
  response: successResponse,
  run: async (context, { id }) => {
    const [policy] = await findStickinessPolicies(context.db, { id })
    return changeRule(context, found(policy, 'id', 'stickiness policy', id).rule, {
      cmd: 'deleteLBStickinessPolicy',
      instancetype: 'LBStickinessPolicy',
      work: async (trx) => {
        await deleteStickinessPolicyRow(trx, id)
        return id
      },
    })
  },
})
