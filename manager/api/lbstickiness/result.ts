import { findLoadBalancerRule } from '../../model/loadbalancer.ts'
import { findStickinessPolicies } from '../../model/loadbalancer-policy.ts'
import type { Context } from '../command.ts'
import { ownersIn } from '../owner.ts'
import { presentStickiness } from './response.ts'

/** The rule with the policy of this id; undefined when it is gone. */
export const stickinessResult = async ({ db }: Context, id: string) => {
  const [policy] = await findStickinessPolicies(db, { id })
  const rule = policy && (await findLoadBalancerRule(db, policy.rule))
  return policy && rule && presentStickiness(await ownersIn(db, [rule]), rule, [policy])
}
