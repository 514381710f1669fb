import { defineCommand } from '../command.ts'
import { authorization } from './authorize.ts'

export const authorizeSecurityGroupIngress = defineCommand({
  name: 'authorizeSecurityGroupIngress',
  description: 'Lets something come in to the guests of a security group.',
  ...authorization('authorizeSecurityGroupIngress', 'ingress'),
})
