import { findProviders, updateProvider } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { elementResponse, presentElement } from './response.ts'

export const configureVirtualRouterElement = defineCommand({
  name: 'configureVirtualRouterElement',
  authorized: admins,
  description: 'Turns the virtual routers of a provider on or off.',
  params: {
    id: p.required(p.uuid('The element.')),
    enabled: p.required(p.boolean('Whether it may serve.')),
  },
  answer: 'job',
  response: elementResponse,
  result: async ({ db, caller }, id) => {
    const { rows } = await findProviders(db, { element: id }, { limit: 1, offset: 0 })
    return rows[0] && presentElement(caller)(rows[0])
  },
  run: (context, { id, enabled }) =>
    write(context, async (trx) => {
      found(
        await updateProvider(trx, { element: id }, { element_enabled: enabled }),
        'id',
        'virtual router element',
        id,
      )
      return { jobid: await doneJob(trx, 'configureVirtualRouterElement', 'VirtualRouterElement', id) }
    }),
})
