import { findHosts } from '../../model/host.ts'
import { admins } from '../authorized.ts'
import { HYPERVISORS } from '../cluster/hypervisors.ts'
import { defineCommand } from '../command.ts'
import { asksForNone, noneFilters } from '../none.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { migrationHosts } from './migration-hosts.ts'
import { hostResponse, presentHost } from './response.ts'

export const listHosts = defineCommand({
  name: 'listHosts',
  authorized: admins,
  description: 'Lists hosts.',
  params: {
    id: p.uuid('Only the host of this id.'),
    name: p.text('Only hosts of this name.'),
    zoneid: p.uuid('Only hosts of this zone.'),
    podid: p.uuid('Only hosts of this pod.'),
    clusterid: p.uuid('Only hosts of this cluster.'),
    hypervisor: p.choice('Only hosts of this hypervisor.', HYPERVISORS),
    state: p.choice('Only hosts in this state.', ['Connecting', 'Up', 'Down', 'Alert']),
    resourcestate: p.choice('Only hosts in this state of administration.', [
      'Enabled',
      'Disabled',
      'PrepareForMaintenance',
      'Maintenance',
      'ErrorInMaintenance',
    ]),
    hahost: p.boolean('Only hosts that are kept free for others that fail: there are none.'),
    virtualmachineid: p.uuid('Only hosts to which this guest could be moved.'),
    type: p.choice('Only hosts of this type.', ['Routing', 'SecondaryStorage', 'ConsoleProxy', 'SecondaryStorageVM']),
    details: p.words('Accepted for clients that send it; every field is answered.'),
    managementserverid: p.uuid('Only hosts that this manager sees to.'),
    arch: noneFilters.arch,
    outofbandmanagementenabled: noneFilters.outofbandmanagementenabled,
    outofbandmanagementpowerstate: noneFilters.outofbandmanagementpowerstate,
    storageaccessgroup: noneFilters.storageaccessgroup,
    ...search,
  },
  answer: 'list',
  response: hostResponse,
  run: async (context, params) => {
    if ((params.type !== undefined && params.type !== 'Routing') || params.hahost || asksForNone(params))
      return { count: 0, items: [] }
    const { virtualmachineid } = params
    if (virtualmachineid !== undefined) return migrationHosts(context, virtualmachineid, params)
    const place = { zone: params.zoneid, pod: params.podid, cluster: params.clusterid }
    const filter = { ...params, ...place, manager: params.managementserverid }
    return listed(await findHosts(context.db, filter, pageOf(params)), presentHost)
  },
})
