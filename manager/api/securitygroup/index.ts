import type { Command } from '../command.ts'
import { authorizeSecurityGroupEgress } from './authorize-security-group-egress.ts'
import { authorizeSecurityGroupIngress } from './authorize-security-group-ingress.ts'
import { createSecurityGroup } from './create-security-group.ts'
import { deleteSecurityGroup } from './delete-security-group.ts'
import { listSecurityGroups } from './list-security-groups.ts'
import { revokeSecurityGroupEgress } from './revoke-security-group-egress.ts'
import { revokeSecurityGroupIngress } from './revoke-security-group-ingress.ts'
import { updateSecurityGroup } from './update-security-group.ts'

export const securitygroupCommands: readonly Command[] = [
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  createSecurityGroup,
  deleteSecurityGroup,
  listSecurityGroups,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
  updateSecurityGroup,
]
