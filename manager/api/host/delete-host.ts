import { SysvmError } from '@sysvm/errors'
import { findHost, updateHostRow, usesOfHost } from '../../model/host.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteHost = defineCommand({
  name: 'deleteHost',
  authorized: admins,
  subject: 'host',
  description: 'Takes a host without machines out of the cloud and removes what the manager made on it.',
  params: {
    id: p.required(p.uuid('The host.')),
    forced: p.only('Whether machines on it are given up.', false),
  },
  unsupported: ['forcedestroylocalstorage'],
  answer: 'success',
  response: successResponse,
  run: async (context, { id }) => {
    await write(context, async (trx) => {
      const host = found(await findHost(trx, id), 'id', 'host', id)
      // The update locks the row, so that no reconciler can place a machine on it between the count and the commit.
      await updateHostRow(trx, id, { state: 'Removed' })
      const { guests, routers } = await usesOfHost(trx, id)
      if (guests + routers > 0)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `Host ${host.name} still has ${guests} guests and ${routers} routers: destroy them or move them first.`,
        )
      await context.jobs.wake(trx, 'host', id)
    })
  },
})
