import type { GuestSubnet, ZoneSubnet } from '../../model/subnet.ts'
import { defineResponse, type Presented } from '../response.ts'

export const zoneSubnetResponse = defineResponse('zoneipv4subnet', {
  id: ['string', "The subnet's id."],
  subnet: ['string', 'Its addresses.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  created: ['date', 'When it was made.'],
})

export const presentZoneSubnet = (row: ZoneSubnet): Presented<typeof zoneSubnetResponse.fields> => ({
  id: row.id,
  subnet: row.subnet,
  zoneid: row.zone,
  zonename: row.zonename,
  created: row.created,
})

export const guestSubnetResponse = defineResponse('ipv4subnetsforguestnetwork', {
  id: ['string', "The subnet's id."],
  parentid: ['string', "The zone's subnet it is part of."],
  parentsubnet: ['string', 'Addresses of that.'],
  subnet: ['string', 'Its addresses.'],
  state: ['string', 'Free or Allocated.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  networkid: ['string', 'The network that has it.'],
  networkname: ['string', 'Name of that network.'],
  created: ['date', 'When it was made.'],
  allocated: ['date', 'Since when a network has it.'],
})

export const presentGuestSubnet = (row: GuestSubnet): Presented<typeof guestSubnetResponse.fields> => ({
  id: row.id,
  parentid: row.parent,
  parentsubnet: row.parentsubnet,
  subnet: row.subnet,
  state: row.network === null ? 'Free' : 'Allocated',
  zoneid: row.zone,
  zonename: row.zonename,
  networkid: row.network,
  networkname: row.networkname,
  created: row.created,
  allocated: row.network === null ? null : row.allocated,
})
