import { defineRevoke } from './revoke.ts'

export const revokeSecurityGroupIngress = defineRevoke(
  'revokeSecurityGroupIngress',
  'ingress',
  'Takes back what a security group lets come in; flows that are under way go on.',
)
