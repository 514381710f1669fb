import { findClusters } from '../../model/cluster.ts'
import { admins } from '../authorized.ts'
import { capacitiesOf } from '../capacity/shown.ts'
import { defineCommand } from '../command.ts'
import { asksForNone, noneFilters } from '../none.ts'
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
    showcapacities: p.boolean('True: with what they have and what of it is used.'),
    arch: noneFilters.arch,
    storageaccessgroup: noneFilters.storageaccessgroup,
    ...search,
  },
  answer: 'list',
  response: clusterResponse,
  run: async (context, params) => {
    if (asksForNone(params)) return { count: 0, items: [] }
    const filter = { ...params, zone: params.zoneid, pod: params.podid }
    const [capacity, clusters] = await Promise.all([
      capacitiesOf(context, 'cluster', params.showcapacities),
      findClusters(context.db, filter, pageOf(params)),
    ])
    return listed(clusters, (cluster) => ({ ...presentCluster(cluster), ...capacity(cluster.id) }))
  },
})
