import type { Command } from '../command.ts'
import { createLBHealthCheckPolicy } from './create-lb-health-check-policy.ts'
import { deleteLBHealthCheckPolicy } from './delete-lb-health-check-policy.ts'
import { listLBHealthCheckPolicies } from './list-lb-health-check-policies.ts'
import { updateLBHealthCheckPolicy } from './update-lb-health-check-policy.ts'

export const lbhealthcheckCommands: readonly Command[] = [
  createLBHealthCheckPolicy,
  deleteLBHealthCheckPolicy,
  listLBHealthCheckPolicies,
  updateLBHealthCheckPolicy,
]
