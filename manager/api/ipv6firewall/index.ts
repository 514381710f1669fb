import type { Command } from '../command.ts'
import { createIpv6FirewallRule } from './create-ipv6-firewall-rule.ts'
import { deleteIpv6FirewallRule } from './delete-ipv6-firewall-rule.ts'
import { listIpv6FirewallRules } from './list-ipv6-firewall-rules.ts'
import { updateIpv6FirewallRule } from './update-ipv6-firewall-rule.ts'

export const ipv6firewallCommands: readonly Command[] = [
  createIpv6FirewallRule,
  deleteIpv6FirewallRule,
  listIpv6FirewallRules,
  updateIpv6FirewallRule,
]
