import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { HYPERVISORS } from './hypervisors.ts'

/** Limits that there are none of are not answered. */
const capabilities = (['KVM', 'Container'] as const).map((hypervisor, index) => ({
  id: `00000000-0000-4000-8000-06000000000${index + 1}`,
  hypervisor,
  hypervisorversion: 'default',
  securitygroupenabled: true,
  storagemotionenabled: true,
  vmsnapshotenabled: false,
}))

export const listHypervisorCapabilities = defineCommand({
  name: 'listHypervisorCapabilities',
  authorized: admins,
  description: 'Lists what hosts of each hypervisor can do.',
  since: '3.0.0',
  params: {
    id: p.plainUuid('Only those of this id.'),
    hypervisor: p.choice('Only those of this hypervisor.', HYPERVISORS),
    ...search,
  },
  answer: 'list',
  response: defineResponse('hypervisorCapabilities', {
    id: ['string', 'Their id.'],
    hypervisor: ['string', 'The hypervisor.'],
    hypervisorversion: ['string', 'default: of every version.'],
    securitygroupenabled: ['boolean', 'Whether hosts filter by security groups.'],
    storagemotionenabled: ['boolean', "Whether a guest's disk goes with it to another host."],
    vmsnapshotenabled: ['boolean', 'Whether guests have snapshots.'],
  }),
  run: async (_context, { id, hypervisor, keyword = '', page, pagesize }) => {
    if (id !== undefined)
      found(
        capabilities.find((one) => one.id === id),
        'id',
        'hypervisor capabilities',
        id,
      )
    const items = capabilities.filter(
      (one) =>
        (id ?? one.id) === one.id &&
        (hypervisor ?? one.hypervisor).toLowerCase() === one.hypervisor.toLowerCase() &&
        one.hypervisor.toLowerCase().includes(keyword.toLowerCase()),
    )
    return listedFrom(items, pageOf({ page, pagesize }))
  },
})
