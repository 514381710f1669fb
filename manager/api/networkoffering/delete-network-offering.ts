import { deleteNetworkOfferingRow } from '../../model/offering.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteNetworkOffering = defineCommand({
  name: 'deleteNetworkOffering',
  authorized: admins,
  subject: 'network_offering',
  description: 'Deletes a kind of guest network that no network is of.',
  since: '3.0.0',
  params: { id: p.required(p.uuid('The offering.')) },
  answer: 'success',
  response: successResponse,
  run: async (context, { id }) => {
    await write(context, async (trx) =>
      found((await deleteNetworkOfferingRow(trx, id)) || undefined, 'id', 'network offering', id),
    )
  },
})
