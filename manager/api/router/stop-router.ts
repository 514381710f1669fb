import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeRouter, routerResult } from './job.ts'
import { routerResponse } from './response.ts'

export const stopRouter = defineCommand({
  name: 'stopRouter',
  authorized: admins,
  description: 'Stops a router; its network is out of service until it starts again.',
  params: {
    id: p.required(p.uuid('The router.')),
    forced: p.boolean('Accepted for clients that send it; a router that does not stop is powered off in any case.'),
  },
  answer: 'job',
  response: routerResponse,
  result: routerResult,
  run: (context, { id }) => changeRouter(context, 'stopRouter', id, { desired: 'Stopped' }),
})
