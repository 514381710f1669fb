import { findStoragePools } from '../../model/storage.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { asksForNone, noneFilters } from '../none.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentStoragePool, storagePoolResponse } from './response.ts'

export const listStoragePools = defineCommand({
  name: 'listStoragePools',
  authorized: admins,
  description: 'Lists storage pools: those that were created, and of each host its own.',
  params: {
    id: p.uuid('Only the pool of this id.'),
    name: p.text('Only pools of this name.'),
    zoneid: p.uuid('Only pools of this zone.'),
    podid: p.uuid('Only pools of this pod.'),
    clusterid: p.uuid('Only pools of this cluster.'),
    hostid: p.uuid('Only the pool of this host.'),
    scope: p.choice('Only pools of this scope.', ['ZONE', 'CLUSTER', 'HOST']),
    status: p.choice('Only pools in this state.', ['Up', 'Disabled', 'Maintenance']),
    ipaddress: p.text('Only pools that this server has.'),
    path: p.text('Only pools of this path.'),
    storagecustomstats: p.boolean('Accepted for clients that send it; there are none.'),
    storageaccessgroup: noneFilters.storageaccessgroup,
    ...search,
  },
  answer: 'list',
  response: storagePoolResponse,
  run: async ({ db }, params) => {
    if (asksForNone(params)) return { count: 0, items: [] }
    const { id, name, keyword, scope, path } = params
    const place = { zone: params.zoneid, pod: params.podid, cluster: params.clusterid, host: params.hostid }
    const filter = { id, name, keyword, scope, path, ...place, state: params.status, server: params.ipaddress }
    return listed(await findStoragePools(db, filter, pageOf(params)), presentStoragePool)
  },
})
