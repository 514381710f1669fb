import type { TrafficType } from '../../model/physicalnetwork.ts'
import { defineResponse, type Presented } from '../response.ts'

export const trafficTypeResponse = defineResponse('traffictype', {
  id: ['string', "The traffic type's id."],
  traffictype: ['string', 'Management, Guest, Public or Storage.'],
  physicalnetworkid: ['string', 'The physical network that carries it.'],
  kvmnetworklabel: ['string', 'Bridge on the hosts; absent for the default one.'],
})

export const presentTrafficType = (row: TrafficType): Presented<typeof trafficTypeResponse.fields> => ({
  id: row.id,
  traffictype: row.traffictype,
  physicalnetworkid: row.physical_network,
  kvmnetworklabel: row.kvmnetworklabel,
})
