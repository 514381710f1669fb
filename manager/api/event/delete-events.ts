import { deleteEvents as remove } from '../../model/event/find.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { choice, chosenEvents, refuseMissing } from './chosen.ts'

export const deleteEvents = defineCommand({
  name: 'deleteEvents',
  authorized: everyone,
  description: 'Deletes events; what is deleted cannot be had back.',
  params: choice,
  subject: 'event',
  answer: 'success',
  response: successResponse,
  run: async (context, params) => {
    const chosen = await chosenEvents(context, params)
    await write(context, async (trx) => refuseMissing(params.ids, await remove(trx, chosen)))
  },
})
