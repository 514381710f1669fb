import { findLoadBalancerRule, membersOf } from '../../model/loadbalancer.ts'
import type { Context } from '../command.ts'
import { ownersIn } from '../owner.ts'
import { presentInternalBalancer } from './response.ts'

export const internalBalancerResult = async ({ db }: Context, id: string) => {
  const rule = await findLoadBalancerRule(db, id)
  return rule && presentInternalBalancer(await ownersIn(db, [rule]), await membersOf(db, [id]))(rule)
}
