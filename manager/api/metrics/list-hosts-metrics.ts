import { machinesOf } from '../../model/metrics.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listHosts } from '../host/list-hosts.ts'
import { hostResponse } from '../host/response.ts'
import { defineResponse } from '../response.ts'
import { gigabytes, idsOf, measured } from './plain.ts'

export const listHostsMetrics = defineCommand({
  name: 'listHostsMetrics',
  authorized: admins,
  since: '4.9.3',
  description: 'Lists hosts as listHosts does, with how many machines they have and what is promised to these.',
  params: listHosts.params,
  answer: 'list',
  response: defineResponse('host', {
    ...hostResponse.fields,
    instances: ['string', 'How many of its guests run, of how many.'],
    systeminstances: ['string', 'How many of its system VMs run, of how many.'],
    memorytotalgb: ['string', 'Its memory.'],
    memoryallocatedgb: ['string', 'Memory promised to guests and routers.'],
  }),
  run: (context, params) =>
    measured(listHosts, context, params, async (rows) => {
      const [guests, routers] = await Promise.all([
        machinesOf(context.db, 'guest', idsOf(rows)),
        machinesOf(context.db, 'router', idsOf(rows)),
      ])
      return ({ id, memorytotal, memoryallocated }) => ({
        instances: `${guests.get(id)?.up ?? 0} / ${guests.get(id)?.all ?? 0}`,
        systeminstances: `${routers.get(id)?.up ?? 0} / ${routers.get(id)?.all ?? 0}`,
        memorytotalgb: gigabytes(Number(memorytotal)),
        memoryallocatedgb: gigabytes(Number(memoryallocated)),
      })
    }),
})
