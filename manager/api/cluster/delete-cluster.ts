import { deleteClusterRow } from '../../model/cluster.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteCluster = defineCommand({
  name: 'deleteCluster',
  authorized: admins,
  subject: 'cluster',
  description: 'Deletes a cluster that has no host any more.',
  params: { id: p.required(p.uuid('The cluster.')) },
  answer: 'success',
  response: successResponse,
  run: async (context, { id }) => {
    await write(context, async (trx) => found((await deleteClusterRow(trx, id)) || undefined, 'id', 'cluster', id))
  },
})
