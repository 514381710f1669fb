import { eventTypes } from '../../model/event/commands.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { defineResponse } from '../response.ts'

export const listEventTypes = defineCommand({
  name: 'listEventTypes',
  authorized: everyone,
  description: 'Lists the types of events.',
  params: {},
  answer: 'list',
  response: defineResponse('eventtype', { name: ['string', 'The type.'] }),
  run: async () => ({ count: eventTypes.length, items: eventTypes.map((name) => ({ name })) }),
})
