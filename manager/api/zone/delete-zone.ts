import { deleteZoneRow } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteZone = defineCommand({
  name: 'deleteZone',
  authorized: admins,
  subject: 'zone',
  description: 'Deletes a zone that has nothing in it any more.',
  params: { id: p.required(p.uuid('The zone.')) },
  answer: 'success',
  response: successResponse,
  run: async (context, { id }) => {
    await write(context, async (trx) => found(await deleteZoneRow(trx, id), 'id', 'zone', id))
  },
})
