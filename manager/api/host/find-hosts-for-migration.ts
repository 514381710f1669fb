import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { migrationHosts } from './migration-hosts.ts'
import { hostResponse } from './response.ts'

export const findHostsForMigration = defineCommand({
  name: 'findHostsForMigration',
  authorized: admins,
  description: 'Lists the hosts to which a guest could be moved now: of its hypervisor, in its zone, with room for it.',
  params: { virtualmachineid: p.required(p.uuid('The guest.')), ...search },
  answer: 'list',
  response: defineResponse('host', {
    ...hostResponse.fields,
    suitableformigration: ['boolean', 'Always true: others are not listed.'],
    hasenoughcapacity: ['boolean', 'Always true: others are not listed.'],
    requiresStorageMotion: ['boolean', "Whether its disk goes with it: it does, disks are on their guests' hosts."],
  }),
  run: async (context, params) => {
    const { count, items } = await migrationHosts(context, params.virtualmachineid, params)
    const suited = { suitableformigration: true, hasenoughcapacity: true, requiresStorageMotion: true }
    return { count, items: items.map((host) => ({ ...host, ...suited })) }
  },
})
