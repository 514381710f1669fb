import { type Capacity, type CapacityLevel, capacityTypes, findCapacity } from '../../model/capacity.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listedFrom, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, type Presented } from '../response.ts'

const response = defineResponse('capacity', {
  type: ['integer', 'Number of what it is of.'],
  name: ['string', 'Its name, such as MEMORY, CPU or VLAN.'],
  zoneid: ['string', 'The zone.'],
  zonename: ['string', "The zone's name."],
  podid: ['string', 'The pod.'],
  podname: ['string', "The pod's name."],
  clusterid: ['string', 'The cluster.'],
  clustername: ['string', "The cluster's name."],
  capacityallocated: ['long', 'What is given to somebody: bytes, processors times 1000, addresses, identifiers.'],
  capacityused: ['long', 'The same.'],
  capacitytotal: ['long', 'What there is; processors count four times, as they are given out.'],
  percentused: ['string', 'The share that is used.'],
})

const shareOf = ({ used, total }: Capacity): number => (total > 0 ? (used / total) * 100 : 0)

const present = (row: Capacity): Presented<typeof response.fields> => ({
  type: row.type,
  name: capacityTypes[row.type],
  zoneid: row.zone,
  zonename: row.zonename,
  podid: row.pod,
  podname: row.podname,
  clusterid: row.cluster,
  clustername: row.clustername,
  capacityallocated: row.used,
  capacityused: row.used,
  capacitytotal: row.total,
  percentused: shareOf(row).toFixed(2),
})

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
  response,
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
    return listedFrom(sorted.map(present), pageOf(params))
  },
})
