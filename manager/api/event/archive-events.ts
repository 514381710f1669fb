import { archiveEvents as putAside } from '../../model/event/find.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { choice, chosenEvents, refuseMissing } from './chosen.ts'

export const archiveEvents = defineCommand({
  name: 'archiveEvents',
  authorized: everyone,
  description: 'Puts events aside: lists leave them out unless they are asked for.',
  params: choice,
  subject: 'event',
  answer: 'success',
  response: successResponse,
  run: async (context, params) => {
    const chosen = await chosenEvents(context, params)
    await write(context, async (trx) => refuseMissing(params.ids, await putAside(trx, chosen)))
  },
})
