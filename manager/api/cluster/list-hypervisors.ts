import { findHypervisors } from '../../model/cluster.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

export const listHypervisors = defineCommand({
  name: 'listHypervisors',
  authorized: everyone,
  description: 'Lists the hypervisors that clusters can have, or that a zone has.',
  params: { zoneid: p.uuid('Only those that this zone has clusters of.') },
  answer: 'list',
  response: defineResponse('hypervisor', { name: ['string', "The hypervisor's name."] }),
  run: async ({ db }, { zoneid }) => {
    const names = zoneid === undefined ? ['KVM', 'Container'] : await findHypervisors(db, zoneid)
    return { count: names.length, items: names.map((name) => ({ name })) }
  },
})
