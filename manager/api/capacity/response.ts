import { type Capacity, capacityTypes } from '../../model/capacity.ts'
import { defineResponse, type Presented } from '../response.ts'

export const capacityResponse = defineResponse('capacity', {
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

/** Per cent. */
export const shareOf = ({ used, total }: Capacity): number => (total > 0 ? (used / total) * 100 : 0)

export const presentCapacity = (row: Capacity): Presented<typeof capacityResponse.fields> => ({
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
