import type { VpcOffering } from '../../model/vpcoffering.ts'
import { presentServices, serviceFields } from '../networkoffering/response.ts'
import { defineResponse, type Presented } from '../response.ts'

export const vpcOfferingResponse = defineResponse('vpcoffering', {
  id: ['string', "The offering's id."],
  name: ['string', 'Its name.'],
  displaytext: ['string', 'What it is, for people.'],
  created: ['date', 'When it was made.'],
  isdefault: ['boolean', 'Whether it came with the manager.'],
  state: ['string', 'Enabled when VPCs can be made of it.'],
  service: ['list', 'What the tiers of its VPCs may get.', serviceFields],
  distributedvpcrouter: ['boolean', 'Whether each host routes for a VPC.'],
  supportsregionLevelvpc: ['boolean', 'Whether a VPC may span zones.'],
  networkmode: ['string', 'NATTED: guests go out by source NAT; ROUTED: under their own addresses.'],
  routingmode: ['string', 'Of ROUTED: how the outside learns of a VPC, Static or Dynamic.'],
  internetprotocol: ['string', 'IPv4, DualStack or IPv6.'],
})

export const presentVpcOffering = (row: VpcOffering): Presented<typeof vpcOfferingResponse.fields> => ({
  id: row.id,
  name: row.name,
  displaytext: row.displaytext,
  created: row.created,
  isdefault: row.isdefault,
  state: row.state,
  service: presentServices(row.services),
  distributedvpcrouter: false,
  supportsregionLevelvpc: false,
  networkmode: row.networkmode,
  routingmode: row.routingmode,
  internetprotocol: row.internetprotocol,
})
