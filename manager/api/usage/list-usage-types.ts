import { usageTypes } from '../../model/usage/types.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { defineResponse } from '../response.ts'

export const listUsageTypes = defineCommand({
  name: 'listUsageTypes',
  authorized: everyone,
  description: 'Lists what usage records are of.',
  params: {},
  answer: 'list',
  response: defineResponse('usagetype', {
    id: ['integer', "The type's number."],
    name: ['string', "The type's name."],
    description: ['string', 'What is counted.'],
  }),
  run: async () => ({
    count: usageTypes.length,
    items: usageTypes.map(({ id, name, description }) => ({ id, name, description })),
  }),
})
