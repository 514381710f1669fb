import { SysvmError } from '@sysvm/errors'
import { deleteProvider, findProviders, networksOfProvider } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteNetworkServiceProvider = defineCommand({
  name: 'deleteNetworkServiceProvider',
  authorized: admins,
  description: 'Takes a provider from a physical network; VirtualRouter only while no guest network is on it.',
  since: '3.0.0',
  subject: 'network_service_provider',
  params: { id: p.required(p.uuid('The provider.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { rows } = await findProviders(trx, { id }, { limit: 1, offset: 0 })
      const provider = found(rows[0], 'id', 'network service provider', id)
      const networks = provider.name === 'VirtualRouter' ? await networksOfProvider(trx, id) : 0
      if (networks > 0) throw new SysvmError('SYSVM_IN_USE', `It serves ${networks} guest networks: delete them first.`)
      await deleteProvider(trx, id)
      return { jobid: await doneJob(trx, 'deleteNetworkServiceProvider', 'PhysicalNetworkServiceProvider', id) }
    }),
})
