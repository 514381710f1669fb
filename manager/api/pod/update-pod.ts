import { findPod, updatePodRow } from '../../model/pod.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { podResponse, presentPod } from './response.ts'

export const updatePod = defineCommand({
  name: 'updatePod',
  authorized: admins,
  description: 'Renames, enables or disables a pod.',
  params: {
    id: p.required(p.uuid('The pod.')),
    name: p.name('New name.'),
    allocationstate: p.choice('Enabled: new things may be placed here.', ['Enabled', 'Disabled']),
  },
  unsupported: ['endip', 'gateway', 'netmask', 'startip'],
  answer: 'object',
  response: podResponse,
  run: (context, { id, name, allocationstate }) =>
    write(context, async (trx) => {
      await updatePodRow(trx, id, changes({ name, allocationstate }))
      return presentPod(found(await findPod(trx, id), 'id', 'pod', id))
    }),
})
