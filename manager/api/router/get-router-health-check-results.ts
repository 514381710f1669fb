import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { askRouter } from './ask.ts'

export const getRouterHealthCheckResults = defineCommand({
  name: 'getRouterHealthCheckResults',
  authorized: admins,
  description: 'Shows what a router found when it last checked its services, or has it check them now.',
  since: '4.14.0',
  params: {
    routerid: p.required(p.uuid('The router.')),
    performfreshchecks: p.boolean(
      'Whether to check now; default false: what the router, which checks itself every minute, found last.',
    ),
  },
  answer: 'object',
  response: defineResponse('routerhealthchecks', {
    routerid: ['string', 'The router.'],
    healthchecks: [
      'list',
      'One result for each check.',
      {
        checkname: ['string', 'The service; with .use what its users do with it, with .peers what depends on others.'],
        checktype: ['string', 'basic or advanced.'],
        success: ['boolean', 'Whether it passed.'],
        status: ['string', 'SUCCESS or FAILED.'],
        lastupdated: ['date', 'When it was checked.'],
        details: ['string', 'Why it failed.'],
      },
    ],
  }),
  run: (context, { routerid, performfreshchecks = false }) =>
    askRouter(context, 'routerid', routerid, async (client) => {
      const { checks } = await client.checks(performfreshchecks)
      const healthchecks = checks.map(({ name, type, success, details, checkedAt }) => ({
        checkname: name,
        checktype: type,
        success,
        status: success ? 'SUCCESS' : 'FAILED',
        lastupdated: new Date(checkedAt),
        details,
      }))
      return { routerid, healthchecks }
    }),
})
