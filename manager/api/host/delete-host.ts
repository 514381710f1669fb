import { SysvmError } from '@sysvm/errors'
import { findHost, updateHostRow, usesOfHost } from '../../model/host.ts'
import { holdPlacement } from '../../placement/index.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

const inUse = (name: string, guests: number, routers: number) =>
  new SysvmError(
    'SYSVM_IN_USE',
    `Host ${name} still has ${guests} guests and ${routers} routers: destroy them, move them by prepareHostForMaintenance, or give them up by forced and forcedestroylocalstorage.`,
  )

export const deleteHost = defineCommand({
  name: 'deleteHost',
  authorized: admins,
  subject: 'host',
  description: 'Takes a host out of the cloud and removes what the manager made on it.',
  params: {
    id: p.required(p.uuid('The host.')),
    forced: p.boolean('Whether routers on it are made anew elsewhere. A host that does not answer must be off.'),
    forcedestroylocalstorage: p.boolean("With forced: guests on it are given up, since their disks are the host's."),
  },
  answer: 'success',
  response: successResponse,
  run: async (context, { id, forced = false, forcedestroylocalstorage = false }) => {
    await write(context, async (trx) => {
      const host = found(await findHost(trx, id), 'id', 'host', id)
      // From here on nothing is placed on it; what was placed before is in the count.
      await holdPlacement(trx, host.zone)
      await updateHostRow(trx, id, { state: 'Removed', abandoned: forced })
      const { guests, routers } = await usesOfHost(trx, id)
      const kept = guests > 0 && !(forced && forcedestroylocalstorage)
      if (kept || (routers > 0 && !forced)) throw inUse(host.name, guests, routers)
      await context.jobs.wake(trx, 'host', id)
    })
  },
})
