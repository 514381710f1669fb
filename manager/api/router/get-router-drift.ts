import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { askRouter } from './ask.ts'

export const getRouterDrift = defineCommand({
  name: 'getRouterDrift',
  authorized: admins,
  description: 'Compares what runs in a router with its confirmed generation and names what differs. Of sysvm alone.',
  params: { id: p.required(p.uuid('The router.')) },
  answer: 'object',
  response: defineResponse('routerdrift', {
    id: ['string', 'The router.'],
    generation: ['integer', 'Generation that was compared.'],
    differences: [
      'list',
      'What differs; empty when all is as it should be.',
      { service: ['string', 'The service.'], what: ['string', 'The difference.'] },
    ],
  }),
  run: (context, { id }) =>
    askRouter(context, 'id', id, async (client) => {
      const { generation, differences } = await client.drift()
      return { id, generation, differences: differences.map(({ service, what }) => ({ service, what })) }
    }),
})
