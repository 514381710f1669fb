import { findLoadBalancerRule, membersOf } from '../../model/loadbalancer.ts'
import type { Context } from '../command.ts'
import { presentInternalBalancer } from './response.ts'

export const internalBalancerResult = async ({ db, caller }: Context, id: string) => {
  const rule = await findLoadBalancerRule(db, id)
  return rule && presentInternalBalancer(caller, await membersOf(db, [id]))(rule)
}
