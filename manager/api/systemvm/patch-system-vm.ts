import { SysvmError } from '@sysvm/errors'
import { findRouter } from '../../model/router.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { changeRouter } from '../router/job.ts'
import { newestImage } from '../router/livepatch.ts'

export const patchSystemVm = defineCommand({
  name: 'patchSystemVm',
  authorized: admins,
  description:
    'Puts the firmware of the newest image into a router that runs: nothing that it forwards is touched, and it goes back to its old firmware by itself when the new one does not come up. An image that differs in more is for upgradeRouterTemplate, as the error then says.',
  since: '4.17.0',
  subject: 'router',
  params: {
    id: p.uuid('The router.'),
    forced: p.boolean(
      'Whether one that has the newest firmware already is given it again, and its agent started anew; default false.',
    ),
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
      const newest = await newestImage(trx)
      return forced || newest !== router.image ? { next_firmware: newest, patch_forced: forced } : {}
    })
  },
})
