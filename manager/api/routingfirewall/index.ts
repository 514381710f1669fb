import type { Command } from '../command.ts'
import { createRoutingFirewallRule } from './create-routing-firewall-rule.ts'
import { deleteRoutingFirewallRule } from './delete-routing-firewall-rule.ts'
import { listRoutingFirewallRules } from './list-routing-firewall-rules.ts'
import { updateRoutingFirewallRule } from './update-routing-firewall-rule.ts'

export const routingfirewallCommands: readonly Command[] = [
  createRoutingFirewallRule,
  deleteRoutingFirewallRule,
  listRoutingFirewallRules,
  updateRoutingFirewallRule,
]
