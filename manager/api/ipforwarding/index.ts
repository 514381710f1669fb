import type { Command } from '../command.ts'
import { createIpForwardingRule } from './create-ip-forwarding-rule.ts'
import { deleteIpForwardingRule } from './delete-ip-forwarding-rule.ts'
import { listIpForwardingRules } from './list-ip-forwarding-rules.ts'

export const ipforwardingCommands: readonly Command[] = [
  createIpForwardingRule,
  deleteIpForwardingRule,
  listIpForwardingRules,
]
