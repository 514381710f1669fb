import { findLoadBalancerRule } from '../../model/loadbalancer.ts'
import { findHealthCheckPolicies } from '../../model/loadbalancer-policy.ts'
import type { Context } from '../command.ts'
import { ownersIn } from '../owner.ts'
import { presentHealthCheck } from './response.ts'

/** The rule with the policy of this id; undefined when it is gone. */
export const healthCheckResult = async ({ db }: Context, id: string) => {
  const [policy] = await findHealthCheckPolicies(db, { id })
  const rule = policy && (await findLoadBalancerRule(db, policy.rule))
  return policy && rule && presentHealthCheck(await ownersIn(db, [rule]), rule, [policy])
}
