import { defineCommand } from '../command.ts'
import { revocation } from './revoke.ts'

export const revokeSecurityGroupIngress = defineCommand({
  name: 'revokeSecurityGroupIngress',
  description: 'Takes back what a security group lets come in; flows that are under way go on.',
  ...revocation('revokeSecurityGroupIngress', 'ingress'),
})
