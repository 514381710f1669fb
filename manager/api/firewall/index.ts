import type { Command } from '../command.ts'
import { createFirewallRule } from './create-firewall-rule.ts'
import { deleteFirewallRule } from './delete-firewall-rule.ts'
import { listFirewallRules } from './list-firewall-rules.ts'
import { updateFirewallRule } from './update-firewall-rule.ts'

export const firewallCommands: readonly Command[] = [
  createFirewallRule,
  deleteFirewallRule,
  listFirewallRules,
  updateFirewallRule,
]
