import { SysvmError } from '@sysvm/errors'
import { findCluster, updateClusterRow } from '../../model/cluster.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { HYPERVISORS } from './hypervisors.ts'
import { clusterResponse, presentCluster } from './response.ts'

export const updateCluster = defineCommand({
  name: 'updateCluster',
  authorized: admins,
  description: 'Renames, enables or disables a cluster.',
  params: {
    id: p.required(p.uuid('The cluster.')),
    clustername: p.name('New name.'),
    allocationstate: p.choice('Enabled: new things may be placed here.', ['Enabled', 'Disabled']),
    clustertype: p.choice('Who manages the hosts; it stays so.', ['CloudManaged']),
    hypervisor: p.choice('What runs on its hosts; it stays so.', HYPERVISORS),
  },
  unsupported: ['arch', 'externaldetails', 'managedstate'],
  answer: 'object',
  response: clusterResponse,
  run: (context, { id, clustername, allocationstate, hypervisor }) =>
    write(context, async (trx) => {
      await updateClusterRow(trx, id, changes({ name: clustername, allocationstate }))
      const cluster = found(await findCluster(trx, id), 'id', 'cluster', id)
      if (hypervisor !== undefined && hypervisor !== cluster.hypervisor)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter hypervisor: cluster ${cluster.name} is of ${cluster.hypervisor} and stays so: add another one.`,
        )
      return presentCluster(cluster)
    }),
})
