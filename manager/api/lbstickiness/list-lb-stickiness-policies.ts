import { findStickinessPolicies } from '../../model/loadbalancer-policy.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { askedPolicies, policyFilter } from '../loadbalancer/policy.ts'
import { ownersIn } from '../owner.ts'
import { listedFrom, pageOf } from '../paging.ts'
import { presentStickiness, stickinessResponse } from './response.ts'

export const listLBStickinessPolicies = defineCommand({
  name: 'listLBStickinessPolicies',
  authorized: everyone,
  description: 'Lists the stickiness policy of a load balancer rule.',
  since: '3.0.0',
  params: policyFilter,
  answer: 'list',
  response: stickinessResponse,
  run: async ({ db }, params) => {
    const { keyword = '' } = params
    const { rule, policies } = await askedPolicies(db, params, findStickinessPolicies, 'stickiness policy')
    const shown = policies.filter(({ name }) => name.includes(keyword))
    return listedFrom([presentStickiness(await ownersIn(db, [rule]), rule, shown)], pageOf(params))
  },
})
