import { defineRevoke } from './revoke.ts'

export const revokeSecurityGroupEgress = defineRevoke(
  'revokeSecurityGroupEgress',
  'egress',
  'Takes back what guests of a security group may begin; without any such rule they may begin everything.',
  '3.0.0',
)
