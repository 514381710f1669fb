import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { successResponse } from '../response.ts'
import { changeGuest } from './job.ts'
import { newSize, requireRoomFor, scaleParams } from './scale.ts'
import { requireDesired } from './state.ts'

export const scaleVirtualMachine = defineCommand({
  name: 'scaleVirtualMachine',
  authorized: everyone,
  subject: 'guest',
  description: 'Gives a guest another size: at its next start, or at once while it runs where its host can do that.',
  params: scaleParams,
  unsupported: ['maxiops', 'miniops', 'shrinkok'],
  answer: 'job',
  response: successResponse,
  run: (context, params) =>
    changeGuest(context, params.id, {
      cmd: 'scaleVirtualMachine',
      first: (trx) => requireRoomFor(trx, params),
      values: (guest, trx) => {
        requireDesired(guest, ['Running', 'Stopped'])
        return newSize(context, trx, guest, params)
      },
      networks: true,
    }),
})
