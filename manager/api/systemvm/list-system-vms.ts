import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { notFound } from '../found.ts'
import { noneFilters } from '../none.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { systemVmResponse } from './response.ts'

export const listSystemVms = defineCommand({
  name: 'listSystemVms',
  authorized: admins,
  description:
    'Lists console proxies and secondary storage VMs: there are none so far. Routers have a list of their own.',
  params: {
    id: p.plainUuid('Only the system VM of this id.'),
    name: p.text('Only the system VM of this instance name.'),
    zoneid: p.uuid('Only system VMs of this zone.'),
    podid: p.uuid('Only system VMs on hosts of this pod.'),
    hostid: p.uuid('Only system VMs on this host.'),
    state: p.choice('Only system VMs in this state.', [
      'Starting',
      'Running',
      'Stopping',
      'Stopped',
      'Migrating',
      'Error',
    ]),
    systemvmtype: p.choice('Only system VMs of this type.', ['consoleproxy', 'secondarystoragevm']),
    arch: noneFilters.arch,
    storageid: p.uuid('Only system VMs whose disks are in this pool.'),
    ...search,
  },
  answer: 'list',
  response: systemVmResponse,
  run: async (_context, params) => {
    pageOf(params)
    if (params.id !== undefined) throw notFound('id', 'console proxy or secondary storage VM', params.id)
    return { count: 0, items: [] }
  },
})
