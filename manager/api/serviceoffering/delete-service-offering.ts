import { deleteServiceOfferingRow } from '../../model/offering.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteServiceOffering = defineCommand({
  name: 'deleteServiceOffering',
  authorized: admins,
  subject: 'service_offering',
  description: 'Deletes a size of machines that no machine has.',
  params: { id: p.required(p.uuid('The offering.')) },
  answer: 'success',
  response: successResponse,
  run: async (context, { id }) => {
    await write(context, async (trx) =>
      found((await deleteServiceOfferingRow(trx, id)) || undefined, 'id', 'service offering', id),
    )
  },
})
