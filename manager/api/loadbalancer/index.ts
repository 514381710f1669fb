import type { Command } from '../command.ts'
import { assignToLoadBalancerRule } from './assign-to-load-balancer-rule.ts'
import { createLoadBalancerRule } from './create-load-balancer-rule.ts'
import { deleteLoadBalancerRule } from './delete-load-balancer-rule.ts'
import { listLoadBalancerRuleInstances } from './list-load-balancer-rule-instances.ts'
import { listLoadBalancerRules } from './list-load-balancer-rules.ts'
import { removeFromLoadBalancerRule } from './remove-from-load-balancer-rule.ts'
import { updateLoadBalancerRule } from './update-load-balancer-rule.ts'

export const loadbalancerCommands: readonly Command[] = [
  assignToLoadBalancerRule,
  createLoadBalancerRule,
  deleteLoadBalancerRule,
  listLoadBalancerRuleInstances,
  listLoadBalancerRules,
  removeFromLoadBalancerRule,
  updateLoadBalancerRule,
]
