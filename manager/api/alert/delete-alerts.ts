import { deleteAlerts as remove } from '../../model/alert.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { choice, chosenBy, refuseMissing } from '../event/chosen.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { typeOf } from './response.ts'

export const deleteAlerts = defineCommand({
  name: 'deleteAlerts',
  authorized: admins,
  description: 'Deletes alerts; what is still the matter is raised again when it comes up the next time.',
  params: choice,
  subject: 'alert',
  answer: 'success',
  response: successResponse,
  run: async (context, params) => {
    const chosen = { ...chosenBy(params), type: typeOf(params.type) }
    await write(context, async (trx) => refuseMissing(params.ids, await remove(trx, chosen)))
  },
})
