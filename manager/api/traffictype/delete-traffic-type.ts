import { SysvmError } from '@sysvm/errors'
import { deleteTrafficTypeRow, usesOfTraffic } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteTrafficType = defineCommand({
  name: 'deleteTrafficType',
  authorized: admins,
  description: 'Takes a type of traffic from a physical network that nothing needs it for.',
  since: '3.0.0',
  subject: 'traffic_type',
  params: { id: p.required(p.uuid('The traffic type.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const uses = await usesOfTraffic(trx, id)
      if (uses > 0)
        throw new SysvmError('SYSVM_IN_USE', `${uses} networks or public ranges need this traffic: delete them first.`)
      found((await deleteTrafficTypeRow(trx, id)) || undefined, 'id', 'traffic type', id)
      return { jobid: await doneJob(trx, 'deleteTrafficType', 'TrafficType', id) }
    }),
})
