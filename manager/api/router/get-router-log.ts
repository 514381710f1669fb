import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { askRouter } from './ask.ts'

export const getRouterLog = defineCommand({
  name: 'getRouterLog',
  authorized: admins,
  description: "Shows the newest lines of a router's journal. Of sysvm alone.",
  params: {
    id: p.required(p.uuid('The router.')),
    lines: p.integer('How many lines; default 200.', 1, 5000),
  },
  answer: 'object',
  response: defineResponse('routerlog', {
    id: ['string', 'The router.'],
    log: ['string', 'The lines, newest last.'],
  }),
  run: (context, { id, lines }) =>
    askRouter(context, 'id', id, async (client) => ({
      id,
      log: await client.log(lines ?? 200),
    })),
})
