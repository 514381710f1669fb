import { deletePhysicalNetworkRow } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deletePhysicalNetwork = defineCommand({
  name: 'deletePhysicalNetwork',
  authorized: admins,
  subject: 'physical_network',
  description: 'Deletes a physical network that carries no network or range any more.',
  since: '3.0.0',
  params: { id: p.required(p.uuid('The physical network.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      found((await deletePhysicalNetworkRow(trx, id)) || undefined, 'id', 'physical network', id)
      return { jobid: await doneJob(trx, 'deletePhysicalNetwork', 'PhysicalNetwork', id) }
    }),
})
