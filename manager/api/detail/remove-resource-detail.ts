import { deleteDetails } from '../../model/tag.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { instanceOf, resourceType, thingsOf } from '../tag/things.ts'
import { write } from '../write.ts'

export const removeResourceDetail = defineCommand({
  name: 'removeResourceDetail',
  authorized: admins,
  description: 'Takes back what was said of a thing.',
  params: {
    resourceid: p.required(p.idText('The thing.')),
    resourcetype: p.required(resourceType('What it is.')),
    key: p.name('Only what was said under this key; default: all.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { resourceid, resourcetype: kind, key }) =>
    write(context, async (trx) => {
      await thingsOf(context, trx, { parameter: 'resourceid', kind, ids: [resourceid] })
      await deleteDetails(trx, resourceid, key)
      return { jobid: await doneJob(trx, 'removeResourceDetail', instanceOf(kind), resourceid) }
    }),
})
