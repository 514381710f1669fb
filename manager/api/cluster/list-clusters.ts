import { findClusters } from '../../model/cluster.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { HYPERVISORS } from './hypervisors.ts'
import { clusterResponse, presentCluster } from './response.ts'

export const listClusters = defineCommand({
  name: 'listClusters',
  authorized: admins,
  description: 'Lists clusters.',
  params: {
    id: p.uuid('Only the cluster of this id.'),
    name: p.text('Only clusters of this name.'),
    zoneid: p.uuid('Only clusters of this zone.'),
    podid: p.uuid('Only clusters of this pod.'),
    hypervisor: p.choice('Only clusters of this hypervisor.', HYPERVISORS),
    allocationstate: p.choice('Only clusters in this state.', ['Enabled', 'Disabled']),
    clustertype: p.choice('Only clusters managed so.', ['CloudManaged']),
    managedstate: p.choice('Only clusters in this state of management.', ['Managed']),
    ...search,
  },
  unsupported: ['arch', 'showcapacities', 'storageaccessgroup'],
  answer: 'list',
  response: clusterResponse,
  run: async ({ db }, params) => {
    const filter = { ...params, zone: params.zoneid, pod: params.podid }
    return listed(await findClusters(db, filter, pageOf(params)), presentCluster)
  },
})
