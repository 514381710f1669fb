import { findHost, hostOpened, lockHost, updateHostRow } from '../../model/host.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { hostResponse, presentHost } from './response.ts'
import { requireState } from './state.ts'
import { hostTags } from './tags.ts'

export const updateHost = defineCommand({
  name: 'updateHost',
  authorized: admins,
  description: 'Renames, tags, enables or disables a host; what runs on a disabled host goes on.',
  params: {
    id: p.required(p.uuid('The host.')),
    name: p.name('New name.'),
    allocationstate: p.choice('Enable or Disable the host for new machines.', ['Enable', 'Disable']),
    hosttags: hostTags('New tags, with commas between them; empty: none. What runs goes on.'),
  },
  unsupported: ['annotation', 'cleanupexternaldetails', 'externaldetails', 'istagarule', 'oscategoryid', 'url'],
  answer: 'object',
  response: hostResponse,
  run: (context, { id, name, allocationstate, hosttags }) =>
    write(context, async (trx) => {
      const host = found(await lockHost(trx, id), 'id', 'host', id)
      if (allocationstate !== undefined) requireState(host, ['Enabled', 'Disabled'])
      const resourcestate = allocationstate && (allocationstate === 'Enable' ? 'Enabled' : 'Disabled')
      await updateHostRow(trx, id, changes({ name, resourcestate, hosttags }))
      await hostOpened(trx)
      return presentHost(found(await findHost(trx, id), 'id', 'host', id))
    }),
})
