import { archiveAlerts as putAside } from '../../model/alert.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { choice, chosenBy, refuseMissing } from '../event/chosen.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { typeOf } from './response.ts'

export const archiveAlerts = defineCommand({
  name: 'archiveAlerts',
  authorized: admins,
  description: 'Puts alerts aside: lists leave them out.',
  params: choice,
  subject: 'alert',
  answer: 'success',
  response: successResponse,
  run: async (context, params) => {
    const chosen = { ...chosenBy(params), type: typeOf(params.type) }
    await write(context, async (trx) => refuseMissing(params.ids, await putAside(trx, chosen)))
  },
})
