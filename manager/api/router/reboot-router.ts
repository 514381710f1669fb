import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { rebootOnce, routerResult } from './job.ts'
import { routerResponse } from './response.ts'

export const rebootRouter = defineCommand({
  name: 'rebootRouter',
  authorized: admins,
  description: 'Restarts a running router once; it comes back with its last confirmed spec.',
  params: {
    id: p.required(p.uuid('The router.')),
    forced: p.boolean('Accepted for clients that send it; a router that does not stop is powered off in any case.'),
  },
  answer: 'job',
  response: routerResponse,
  result: routerResult,
  run: (context, { id }) => rebootOnce(context, 'rebootRouter', id),
})
