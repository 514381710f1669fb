import { hostsOf } from '../../model/metrics.ts'
import { admins } from '../authorized.ts'
import { listClusters } from '../cluster/list-clusters.ts'
import { clusterResponse } from '../cluster/response.ts'
import { defineCommand } from '../command.ts'
import { defineResponse } from '../response.ts'
import { promisedFields, promisedOf } from './capacity.ts'
import { idsOf, measured } from './plain.ts'

export const listClustersMetrics = defineCommand({
  name: 'listClustersMetrics',
  authorized: admins,
  since: '4.9.3',
  description: 'Lists clusters as listClusters does, with what of them is promised.',
  params: listClusters.params,
  answer: 'list',
  response: defineResponse('cluster', {
    ...clusterResponse.fields,
    ...promisedFields,
    hosts: ['string', 'How many of its hosts are up, of how many.'],
  }),
  run: (context, params) =>
    measured(listClusters, context, params, async (rows) => {
      const [hosts, promised] = await Promise.all([
        hostsOf(context.db, idsOf(rows)),
        promisedOf(context.db, 'cluster', rows),
      ])
      return ({ id, allocationstate }) => ({
        state: String(allocationstate),
        ...promised(id),
        hosts: `${hosts.get(id)?.up ?? 0} / ${hosts.get(id)?.all ?? 0}`,
      })
    }),
})
