import { type CapacityLevel, findCapacity } from '../../model/capacity.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listedFrom, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { capacityResponse, presentCapacity, shareOf } from './response.ts'

/** Sums of what was named; to be sorted by use, of what is in it. */
const levelOf = (
  { zoneid, podid, clusterid }: { readonly [K in 'zoneid' | 'podid' | 'clusterid']?: string | undefined },
  deeper: boolean,
): CapacityLevel => {
  if (clusterid !== undefined || (deeper && podid !== undefined)) return 'cluster'
  return podid !== undefined || (deeper && zoneid !== undefined) ? 'pod' : 'zone'
}

export const listCapacity = defineCommand({
  name: 'listCapacity',
  authorized: admins,
  description: 'Lists what zones, a pod or a cluster have and what of it is used, from what there is now.',
  params: {
    zoneid: p.uuid('Only this zone.'),
    podid: p.uuid('This pod instead of whole zones.'),
    clusterid: p.uuid('This cluster instead of whole zones.'),
    type: p.integer('Only of this number.', 0, 255),
    sortby: p.choice('usage: the fullest first, of what is in the zone or pod that is named.', ['usage']),
    fetchlatest: p.boolean('Accepted for clients that send it: figures are always the latest.'),
    keyword: p.text('Part of the name of the zone, pod or cluster.'),
    ...paging,
  },
  unsupported: ['tag'],
  answer: 'list',
  response: capacityResponse,
  run: async ({ db }, params) => {
    const rows = await findCapacity(db, {
      level: levelOf(params, params.sortby !== undefined),
      zone: params.zoneid,
      pod: params.podid,
      cluster: params.clusterid,
      type: params.type,
    })
    const keyword = params.keyword?.toLowerCase() ?? ''
    const named = rows.filter(({ zonename, podname, clustername }) =>
      [zonename, podname, clustername].some((name) => name?.toLowerCase().includes(keyword)),
    )
    const sorted = params.sortby === undefined ? named : named.toSorted((a, b) => shareOf(b) - shareOf(a))
    return listedFrom(sorted.map(presentCapacity), pageOf(params))
  },
})
