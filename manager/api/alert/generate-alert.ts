import { insertAlert } from '../../model/alert.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const generateAlert = defineCommand({
  name: 'generateAlert',
  authorized: admins,
  description: 'Raises an alert of somebody outside of the cloud, such as a monitor; it stays until it is archived.',
  since: '4.3',
  params: {
    type: p.required(p.integer('Number of its type; any.', 0, 32_767)),
    name: p.required(p.name('What is the matter, in a few words.')),
    description: p.required(p.text('What is known of it.', 999)),
    zoneid: p.uuid('The zone that it is about.'),
    podid: p.uuid('The pod that it is about.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { type, name, description, zoneid = null, podid = null }) =>
    write(context, async (trx) => {
      const has = (table: 'pod' | 'zone', id: string) =>
        trx.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst()
      if (zoneid !== null) found(await has('zone', zoneid), 'zoneid', 'zone', zoneid)
      if (podid !== null) found(await has('pod', podid), 'podid', 'pod', podid)
      const id = await insertAlert(trx, { type, name, description, zone: zoneid, pod: podid })
      return { jobid: await doneJob(trx, 'generateAlert', 'Alert', id) }
    }),
})
