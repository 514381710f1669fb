import { findLoadBalancerRule } from '../../model/loadbalancer.ts'
import { findHealthCheckPolicies } from '../../model/loadbalancer-policy.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { ruleOfPolicy } from '../loadbalancer/policy.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { healthCheckResponse, presentHealthCheck } from './response.ts'

export const listLBHealthCheckPolicies = defineCommand({
  name: 'listLBHealthCheckPolicies',
  description: 'Lists the health check policy of a load balancer rule.',
  since: '4.2.0',
  params: {
    lbruleid: p.uuid('The load balancer rule; needed without id.'),
    id: p.uuid('The policy; needed without lbruleid.'),
    fordisplay: p.boolean('Accepted for clients that send it; every policy is shown.'),
    ...search,
  },
  answer: 'list',
  response: healthCheckResponse,
  run: async ({ db, caller }, params) => {
    const { id } = params
    const all = id === undefined ? undefined : await findHealthCheckPolicies(db, { id })
    const ruleId = ruleOfPolicy(params, all, 'health check policy')
    const rule = found(await findLoadBalancerRule(db, ruleId), 'lbruleid', 'load balancer rule', ruleId)
    const policies = (all ?? (await findHealthCheckPolicies(db, { rules: [rule.id] }))).filter(({ description }) =>
      (description ?? '').includes(params.keyword ?? ''),
    )
    return listedFrom([presentHealthCheck(caller, rule, policies)], pageOf(params))
  },
})
