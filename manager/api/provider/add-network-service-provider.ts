import { findPhysicalNetwork, findProviders, insertProvider, PROVIDERS } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentProvider, providerResponse } from './response.ts'

export const addNetworkServiceProvider = defineCommand({
  name: 'addNetworkServiceProvider',
  authorized: admins,
  description:
    'Adds a provider to a physical network. All that there are it has from its creation, and none a second time.',
  since: '3.0.0',
  params: {
    name: p.required(p.choice('The provider.', PROVIDERS)),
    physicalnetworkid: p.required(p.uuid('The physical network.')),
  },
  unsupported: ['destinationphysicalnetworkid', 'servicelist'],
  answer: 'job',
  response: providerResponse,
  result: async ({ db }, id) => {
    const { rows } = await findProviders(db, { id }, { limit: 1, offset: 0 })
    return rows[0] && presentProvider(rows[0])
  },
  run: (context, { name, physicalnetworkid: id }) =>
    write(context, async (trx) => {
      found(await findPhysicalNetwork(trx, id), 'physicalnetworkid', 'physical network', id)
      const provider = await insertProvider(trx, { physical_network: id, name })
      const jobid = await doneJob(trx, 'addNetworkServiceProvider', 'PhysicalNetworkServiceProvider', provider.id)
      return { jobid, id: provider.id }
    }),
})
