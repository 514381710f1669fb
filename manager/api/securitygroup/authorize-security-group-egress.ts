import { defineAuthorize } from './authorize.ts'

export const authorizeSecurityGroupEgress = defineAuthorize(
  'authorizeSecurityGroupEgress',
  'egress',
  'Lets the guests of a security group begin something; with the first such rule they may begin nothing else.',
  '3.0.0',
)
