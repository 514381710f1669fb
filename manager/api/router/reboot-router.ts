import { SysvmError } from '@sysvm/errors'
import { sql } from 'kysely'
import { findRouter } from '../../model/router.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { changeRouter, routerResult } from './job.ts'
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
  run: async (context, { id }) => {
    const router = found(await findRouter(context.db, id), 'id', 'router', id)
    if (router.desired !== 'Running')
      throw new SysvmError('SYSVM_RESOURCE_STATE', `Router r-${router.number}-VM is stopped: start it instead.`)
    return changeRouter(context, 'rebootRouter', id, { reboots_wanted: sql`reboots_wanted + 1` as never })
  },
})
