import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { askRouter } from './ask.ts'

export const getRouterHealthCheckResults = defineCommand({
  name: 'getRouterHealthCheckResults',
  description: "Probes a router's services as their users see them.",
  since: '4.14.0',
  params: {
    routerid: p.required(p.uuid('The router.')),
    performfreshchecks: p.boolean('Accepted for clients that send it; the checks are fresh in any case.'),
  },
  answer: 'object',
  response: defineResponse('routerhealthchecks', {
    routerid: ['string', 'The router.'],
    healthchecks: [
      'list',
      'One result for each service.',
      {
        checkname: ['string', 'The service.'],
        checktype: ['string', 'basic.'],
        success: ['boolean', 'Whether it serves.'],
        status: ['string', 'SUCCESS or FAILED.'],
        lastupdated: ['date', 'When it was probed.'],
        details: ['string', 'Why it does not serve.'],
      },
    ],
  }),
  run: (context, { routerid }) =>
    askRouter(context, 'routerid', routerid, async (client) => {
      const health = await client.health()
      const lastupdated = new Date()
      const healthchecks = Object.entries(health.services).map(([checkname, { healthy, reason }]) => ({
        checkname,
        checktype: 'basic',
        success: healthy,
        status: healthy ? 'SUCCESS' : 'FAILED',
        lastupdated,
        details: reason,
      }))
      return { routerid, healthchecks }
    }),
})
