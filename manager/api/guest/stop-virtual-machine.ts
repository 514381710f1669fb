import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeGuest, guestResult } from './job.ts'
import { guestResponse } from './response.ts'
import { requireDesired } from './state.ts'

export const stopVirtualMachine = defineCommand({
  name: 'stopVirtualMachine',
  authorized: everyone,
  description: 'Stops a guest; its disk and its addresses stay.',
  params: {
    id: p.required(p.uuid('The guest.')),
    forced: p.boolean('Accepted for clients that send it; a guest that does not stop is powered off in any case.'),
  },
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { id }) =>
    changeGuest(context, id, {
      cmd: 'stopVirtualMachine',
      values: (guest) => {
        requireDesired(guest, ['Running', 'Stopped'])
        return { desired: 'Stopped' }
      },
    }),
})
