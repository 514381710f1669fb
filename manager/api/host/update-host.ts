import { findHost, updateHostRow } from '../../model/host.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { hostResponse, presentHost } from './response.ts'

export const updateHost = defineCommand({
  name: 'updateHost',
  authorized: admins,
  description: 'Renames, enables or disables a host; what runs on a disabled host goes on.',
  params: {
    id: p.required(p.uuid('The host.')),
    name: p.name('New name.'),
    allocationstate: p.choice('Enable or Disable the host for new machines.', ['Enable', 'Disable']),
  },
  unsupported: [
    'annotation',
    'cleanupexternaldetails',
    'externaldetails',
    'hosttags',
    'istagarule',
    'oscategoryid',
    'url',
  ],
  answer: 'object',
  response: hostResponse,
  run: (context, { id, name, allocationstate }) =>
    write(context, async (trx) => {
      const resourcestate = allocationstate && (allocationstate === 'Enable' ? 'Enabled' : 'Disabled')
      await updateHostRow(trx, id, changes({ name, resourcestate }))
      return presentHost(found(await findHost(trx, id), 'id', 'host', id))
    }),
})
