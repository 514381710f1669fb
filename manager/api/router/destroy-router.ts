import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeRouter, routerResult } from './job.ts'
import { routerResponse } from './response.ts'

export const destroyRouter = defineCommand({
  name: 'destroyRouter',
  authorized: admins,
  description: 'Destroys a router; its network makes a new one when it needs one.',
  params: { id: p.required(p.uuid('The router.')) },
  answer: 'job',
  response: routerResponse,
  result: routerResult,
  run: (context, { id }) => changeRouter(context, 'destroyRouter', id, { desired: 'Destroyed' }),
})
