import { findTrafficType, updateTrafficTypeLabel } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentTrafficType, trafficTypeResponse } from './response.ts'

export const updateTrafficType = defineCommand({
  name: 'updateTrafficType',
  authorized: admins,
  description: 'Changes the bridge that carries a type of traffic; machines take it when they start.',
  since: '3.0.0',
  params: {
    id: p.required(p.uuid('The traffic type.')),
    kvmnetworklabel: p.bridge('Bridge on the hosts that carries it.'),
  },
  unsupported: ['hypervnetworklabel', 'ovm3networklabel', 'vmwarenetworklabel', 'xennetworklabel'],
  answer: 'job',
  response: trafficTypeResponse,
  result: async ({ db }, id) => {
    const row = await findTrafficType(db, id)
    return row && presentTrafficType(row)
  },
  run: (context, { id, kvmnetworklabel }) =>
    write(context, async (trx) => {
      found(await updateTrafficTypeLabel(trx, id, kvmnetworklabel ?? null), 'id', 'traffic type', id)
      return { jobid: await doneJob(trx, 'updateTrafficType', 'TrafficType', id) }
    }),
})
