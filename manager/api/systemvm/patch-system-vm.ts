import { SysvmError } from '@sysvm/errors'
import { sql } from 'kysely'
import { findRouter, newestSystemImage } from '../../model/router.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { changeRouter } from '../router/job.ts'

export const patchSystemVm = defineCommand({
  name: 'patchSystemVm',
  authorized: admins,
  description:
    'Puts the newest firmware into a router where it is: it starts anew with the same addresses, and with its old firmware when it does not come up.',
  since: '4.17.0',
  subject: 'router',
  params: {
    id: p.uuid('The router.'),
    forced: p.boolean('Whether one that has the newest firmware already is restarted too; default false.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id, forced = false }) => {
    if (id === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter id is required by patchSystemVm: the router.')
    return changeRouter(context, 'patchSystemVm', id, async (trx) => {
      const router = found(await findRouter(trx, id), 'id', 'router', id)
      if (router.desired !== 'Running')
        throw new SysvmError(
          'SYSVM_RESOURCE_STATE',
          `Router r-${router.number}-VM is stopped: start it, and it can be patched.`,
        )
      const newest = await newestSystemImage(trx).executeTakeFirst()
      if (newest === undefined)
        throw new SysvmError('SYSVM_RESOURCE_STATE', 'There is no system VM image that checks out: build one first.')
      if (newest.image !== router.image) return { next_image: newest.image }
      return forced ? { reboots_wanted: sql<number>`reboots_wanted + 1` as never } : {}
    })
  },
})
