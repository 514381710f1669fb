import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeGuest, guestResult } from './job.ts'
import { guestResponse } from './response.ts'
import { requireDesired } from './state.ts'

export const startVirtualMachine = defineCommand({
  name: 'startVirtualMachine',
  authorized: everyone,
  description: 'Starts a stopped guest.',
  params: { id: p.required(p.uuid('The guest.')) },
  unsupported: ['bootintosetup', 'clusterid', 'considerlasthost', 'deploymentplanner', 'hostid', 'podid'],
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { id }) =>
    changeGuest(context, id, {
      cmd: 'startVirtualMachine',
      values: (guest) => {
        requireDesired(guest, ['Running', 'Stopped'])
        return { desired: 'Running' }
      },
    }),
})
