import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeRouter, routerResult } from './job.ts'
import { routerResponse } from './response.ts'

export const startRouter = defineCommand({
  name: 'startRouter',
  authorized: admins,
  description: 'Starts a router.',
  params: { id: p.required(p.uuid('The router.')) },
  answer: 'job',
  response: routerResponse,
  result: routerResult,
  run: (context, { id }) => changeRouter(context, 'startRouter', id, { desired: 'Running' }),
})
