import { deletePodRow } from '../../model/pod.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deletePod = defineCommand({
  name: 'deletePod',
  authorized: admins,
  subject: 'pod',
  description: 'Deletes a pod that has no cluster any more.',
  params: { id: p.required(p.uuid('The pod.')) },
  answer: 'success',
  response: successResponse,
  run: async (context, { id }) => {
    await write(context, async (trx) => found((await deletePodRow(trx, id)) || undefined, 'id', 'pod', id))
  },
})
