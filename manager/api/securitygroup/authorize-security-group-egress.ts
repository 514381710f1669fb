import { defineCommand } from '../command.ts'
import { authorization } from './authorize.ts'

export const authorizeSecurityGroupEgress = defineCommand({
  name: 'authorizeSecurityGroupEgress',
  description:
    'Lets the guests of a security group begin something; with the first such rule they may begin nothing else.',
  since: '3.0.0',
  ...authorization('authorizeSecurityGroupEgress', 'egress'),
})
