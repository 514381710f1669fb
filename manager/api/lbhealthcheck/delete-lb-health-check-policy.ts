import { deleteHealthCheckPolicyRow, findHealthCheckPolicies } from '../../model/loadbalancer-policy.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { changeRule } from '../loadbalancer/job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'

export const deleteLBHealthCheckPolicy = defineCommand({
  name: 'deleteLBHealthCheckPolicy',
  authorized: everyone,
  subject: 'healthcheck_policy',
  description: "Deletes a health check policy: the router's own check takes its place.",
  since: '4.2.0',
  params: { id: p.required(p.uuid('The policy.')) },
  answer: 'job',
  response: successResponse,
  run: async (context, { id }) => {
    const [policy] = await findHealthCheckPolicies(context.db, { id })
    return changeRule(context, found(policy, 'id', 'health check policy', id).rule, {
      cmd: 'deleteLBHealthCheckPolicy',
      instancetype: 'LBHealthCheckPolicy',
      work: async (trx) => {
        await deleteHealthCheckPolicyRow(trx, id)
        return id
      },
    })
  },
})
