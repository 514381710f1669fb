import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeGuest, guestResult } from './job.ts'
import { guestResponse } from './response.ts'
import { requireDesired } from './state.ts'

export const rebootVirtualMachine = defineCommand({
  name: 'rebootVirtualMachine',
  authorized: everyone,
  description: 'Restarts a running guest once.',
  params: {
    id: p.required(p.uuid('The guest.')),
    forced: p.boolean('Accepted for clients that send it; a guest that does not stop is powered off in any case.'),
  },
  unsupported: ['bootintosetup'],
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { id }) =>
    changeGuest(context, id, {
      cmd: 'rebootVirtualMachine',
      values: (guest) => {
        requireDesired(guest, ['Running'])
        return { reboots_wanted: guest.reboots_wanted + 1 }
      },
    }),
})
