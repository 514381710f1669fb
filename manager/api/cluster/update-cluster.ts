import { findCluster, updateClusterRow } from '../../model/cluster.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { clusterResponse, presentCluster } from './response.ts'

export const updateCluster = defineCommand({
  name: 'updateCluster',
  authorized: admins,
  description: 'Renames, enables or disables a cluster.',
  params: {
    id: p.required(p.uuid('The cluster.')),
    clustername: p.name('New name.'),
    allocationstate: p.choice('Enabled: new things may be placed here.', ['Enabled', 'Disabled']),
  },
  unsupported: ['arch', 'clustertype', 'externaldetails', 'hypervisor', 'managedstate'],
  answer: 'object',
  response: clusterResponse,
  run: (context, { id, clustername, allocationstate }) =>
    write(context, async (trx) => {
      await updateClusterRow(trx, id, changes({ name: clustername, allocationstate }))
      return presentCluster(found(await findCluster(trx, id), 'id', 'cluster', id))
    }),
})
