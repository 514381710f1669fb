import type { PhysicalNetwork } from '../../model/physicalnetwork.ts'
import { defineResponse, type Presented } from '../response.ts'

export const physicalNetworkResponse = defineResponse('physicalnetwork', {
  id: ['string', "The physical network's id."],
  name: ['string', 'Its name.'],
  broadcastdomainrange: ['string', 'How far its broadcasts reach: ZONE.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  state: ['string', 'Enabled when guest networks may be made on it.'],
  vlan: ['string', 'Range of network identifiers for guest networks.'],
  isolationmethods: ['string', 'How guest networks are kept apart.'],
})

export const presentPhysicalNetwork = (row: PhysicalNetwork): Presented<typeof physicalNetworkResponse.fields> => ({
  id: row.id,
  name: row.name,
  broadcastdomainrange: 'ZONE',
  zoneid: row.zone,
  zonename: row.zonename,
  state: row.state,
  vlan: `${row.vni_from}-${row.vni_to}`,
  isolationmethods: row.isolationmethods,
})
