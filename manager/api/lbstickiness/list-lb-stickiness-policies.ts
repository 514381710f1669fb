import { findLoadBalancerRule } from '../../model/loadbalancer.ts'
import { findStickinessPolicies } from '../../model/loadbalancer-policy.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { ruleOfPolicy } from '../loadbalancer/policy.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentStickiness, stickinessResponse } from './response.ts'

export const listLBStickinessPolicies = defineCommand({
  name: 'listLBStickinessPolicies',
  description: 'Lists the stickiness policy of a load balancer rule.',
  since: '3.0.0',
  params: {
    lbruleid: p.uuid('The load balancer rule; needed without id.'),
    id: p.uuid('The policy; needed without lbruleid.'),
    fordisplay: p.boolean('Accepted for clients that send it; every policy is shown.'),
    ...search,
  },
  answer: 'list',
  response: stickinessResponse,
  run: async ({ db, caller }, params) => {
    const { id } = params
    const all = id === undefined ? undefined : await findStickinessPolicies(db, { id })
    const ruleId = ruleOfPolicy(params, all, 'stickiness policy')
    const rule = found(await findLoadBalancerRule(db, ruleId), 'lbruleid', 'load balancer rule', ruleId)
    const policies = (all ?? (await findStickinessPolicies(db, { rules: [rule.id] }))).filter(({ name }) =>
      name.includes(params.keyword ?? ''),
    )
    return listedFrom([presentStickiness(caller, rule, policies)], pageOf(params))
  },
})
