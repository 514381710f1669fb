import type { Command } from '../command.ts'
import { createPortForwardingRule } from './create-port-forwarding-rule.ts'
import { deletePortForwardingRule } from './delete-port-forwarding-rule.ts'
import { listPortForwardingRules } from './list-port-forwarding-rules.ts'
import { updatePortForwardingRule } from './update-port-forwarding-rule.ts'

export const portforwardingCommands: readonly Command[] = [
  createPortForwardingRule,
  deletePortForwardingRule,
  listPortForwardingRules,
  updatePortForwardingRule,
]
