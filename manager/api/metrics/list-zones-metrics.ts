import { clustersOf } from '../../model/metrics.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { defineResponse } from '../response.ts'
import { listZones } from '../zone/list-zones.ts'
import { zoneResponse } from '../zone/response.ts'
import { promisedFields, promisedOf } from './capacity.ts'
import { idsOf, measured } from './plain.ts'

export const listZonesMetrics = defineCommand({
  name: 'listZonesMetrics',
  authorized: admins,
  since: '4.9.3',
  description: 'Lists zones as listZones does, with what of them is promised.',
  params: listZones.params,
  answer: 'list',
  response: defineResponse('zone', {
    ...zoneResponse.fields,
    ...promisedFields,
    clusters: ['string', 'How many of its clusters are enabled, of how many.'],
  }),
  run: (context, params) =>
    measured(listZones, context, params, async (rows) => {
      const [clusters, promised] = await Promise.all([
        clustersOf(context.db, idsOf(rows)),
        promisedOf(context.db, 'zone', rows),
      ])
      return ({ id, allocationstate }) => ({
        state: String(allocationstate),
        ...promised(id),
        clusters: `${clusters.get(id)?.up ?? 0} / ${clusters.get(id)?.all ?? 0}`,
      })
    }),
})
