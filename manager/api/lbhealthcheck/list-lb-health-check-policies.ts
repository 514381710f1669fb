import { findHealthCheckPolicies } from '../../model/loadbalancer-policy.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { askedPolicies, policyFilter } from '../loadbalancer/policy.ts'
import { ownersIn } from '../owner.ts'
import { listedFrom, pageOf } from '../paging.ts'
import { healthCheckResponse, presentHealthCheck } from './response.ts'

export const listLBHealthCheckPolicies = defineCommand({
  name: 'listLBHealthCheckPolicies',
  authorized: everyone,
  description: 'Lists the health check policy of a load balancer rule.',
  since: '4.2.0',
  params: policyFilter,
  answer: 'list',
  response: healthCheckResponse,
  run: async ({ db }, params) => {
    const { keyword = '' } = params
    const { rule, policies } = await askedPolicies(db, params, findHealthCheckPolicies, 'health check policy')
    const shown = policies.filter(({ description }) => (description ?? '').includes(keyword))
    return listedFrom([presentHealthCheck(await ownersIn(db, [rule]), rule, shown)], pageOf(params))
  },
})
