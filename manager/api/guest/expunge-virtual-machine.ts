import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { changeGuest } from './job.ts'
import { refuseUnlessMayExpunge } from './may-expunge.ts'
import { requireDesired, requireUnprotected } from './state.ts'

export const expungeVirtualMachine = defineCommand({
  name: 'expungeVirtualMachine',
  authorized: everyone,
  subject: 'guest',
  description: 'Removes a destroyed guest with its disk and addresses.',
  params: { id: p.required(p.uuid('The guest.')) },
  answer: 'job',
  response: successResponse,
  run: async (context, { id }) => {
    await refuseUnlessMayExpunge(context)
    return changeGuest(context, id, {
      cmd: 'expungeVirtualMachine',
      values: (guest) => {
        requireDesired(guest, ['Destroyed', 'Expunged'])
        requireUnprotected(guest)
        return { desired: 'Expunged' }
      },
      networks: true,
    })
  },
})
