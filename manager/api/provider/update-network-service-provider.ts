import { findProviders, updateProvider } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentProvider, providerResponse } from './response.ts'

export const updateNetworkServiceProvider = defineCommand({
  name: 'updateNetworkServiceProvider',
  authorized: admins,
  description: 'Enables or disables a provider on its physical network.',
  since: '3.0.0',
  params: {
    id: p.required(p.uuid('The provider.')),
    state: p.choice('New state.', ['Enabled', 'Disabled']),
  },
  unsupported: ['servicelist'],
  answer: 'job',
  response: providerResponse,
  result: async ({ db }, id) => {
    const { rows } = await findProviders(db, { id }, { limit: 1, offset: 0 })
    return rows[0] && presentProvider(rows[0])
  },
  run: (context, { id, state }) =>
    write(context, async (trx) => {
      const before = await findProviders(trx, { id }, { limit: 1, offset: 0 })
      const provider = found(before.rows[0], 'id', 'network service provider', id)
      await updateProvider(trx, { id }, { state: state ?? provider.state })
      return { jobid: await doneJob(trx, 'updateNetworkServiceProvider', 'PhysicalNetworkServiceProvider', id) }
    }),
})
