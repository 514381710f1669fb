import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeGuest, guestResult } from './job.ts'
import { refuseUnlessMayExpunge } from './may-expunge.ts'
import { guestResponse } from './response.ts'
import { requireUnprotected } from './state.ts'

export const destroyVirtualMachine = defineCommand({
  name: 'destroyVirtualMachine',
  authorized: everyone,
  description:
    'Stops a guest for good; with expunge it is gone with its disk and addresses, else it can be recovered for expunge.delay.',
  params: {
    id: p.required(p.uuid('The guest.')),
    expunge: p.boolean('True: nothing is kept. Default false.'),
  },
  unsupported: ['volumeids'],
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: async (context, { id, expunge }) => {
    if (expunge) await refuseUnlessMayExpunge(context)
    return changeGuest(context, id, {
      cmd: 'destroyVirtualMachine',
      values: (guest) => {
        requireUnprotected(guest)
        if (expunge || guest.desired === 'Expunged') return { desired: 'Expunged' }
        return { desired: 'Destroyed', destroyed: guest.destroyed ?? new Date() }
      },
      networks: true,
    })
  },
})
