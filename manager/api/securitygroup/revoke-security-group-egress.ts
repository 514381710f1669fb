import { defineCommand } from '../command.ts'
import { revocation } from './revoke.ts'

export const revokeSecurityGroupEgress = defineCommand({
  name: 'revokeSecurityGroupEgress',
  description: 'Takes back what guests of a security group may begin; without any such rule they may begin everything.',
  since: '3.0.0',
  ...revocation('revokeSecurityGroupEgress', 'egress'),
})
