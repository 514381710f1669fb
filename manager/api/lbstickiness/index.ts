import type { Command } from '../command.ts'
import { createLBStickinessPolicy } from './create-lb-stickiness-policy.ts'
import { deleteLBStickinessPolicy } from './delete-lb-stickiness-policy.ts'
import { listLBStickinessPolicies } from './list-lb-stickiness-policies.ts'
import { updateLBStickinessPolicy } from './update-lb-stickiness-policy.ts'

export const lbstickinessCommands: readonly Command[] = [
  createLBStickinessPolicy,
  deleteLBStickinessPolicy,
  listLBStickinessPolicies,
  updateLBStickinessPolicy,
]
