import { findProviders } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { elementResponse, presentElement } from './response.ts'

export const createVirtualRouterElement = defineCommand({
  name: 'createVirtualRouterElement',
  authorized: admins,
  description: 'Answers the element of a provider, which it has from the beginning.',
  params: { nspid: p.required(p.uuid('The network service provider.')) },
  unsupported: ['providertype'],
  answer: 'job',
  response: elementResponse,
  result: async ({ db, caller }, id) => {
    const { rows } = await findProviders(db, { element: id }, { limit: 1, offset: 0 })
    return rows[0] && presentElement(caller)(rows[0])
  },
  run: (context, { nspid }) =>
    write(context, async (trx) => {
      const { rows } = await findProviders(trx, { id: nspid }, { limit: 1, offset: 0 })
      const { element } = found(rows[0], 'nspid', 'network service provider', nspid)
      return { jobid: await doneJob(trx, 'createVirtualRouterElement', 'VirtualRouterElement', element), id: element }
    }),
})
