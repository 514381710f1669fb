import { defineAuthorize } from './authorize.ts'

export const authorizeSecurityGroupIngress = defineAuthorize(
  'authorizeSecurityGroupIngress',
  'ingress',
  'Lets something come in to the guests of a security group.',
)
