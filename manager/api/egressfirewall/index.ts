import type { Command } from '../command.ts'
import { createEgressFirewallRule } from './create-egress-firewall-rule.ts'
import { deleteEgressFirewallRule } from './delete-egress-firewall-rule.ts'
import { listEgressFirewallRules } from './list-egress-firewall-rules.ts'
import { updateEgressFirewallRule } from './update-egress-firewall-rule.ts'

export const egressfirewallCommands: readonly Command[] = [
  createEgressFirewallRule,
  deleteEgressFirewallRule,
  listEgressFirewallRules,
  updateEgressFirewallRule,
]
