import type { NetworkOffering } from '../../model/offering.ts'
import { capabilitiesOf, capabilityFields } from '../provider/capabilities.ts'
import { defineResponse, type Presented } from '../response.ts'
import { lasting } from '../wire/json.ts'

/** A service with who gives it; networks and their offerings show the same. */
export const serviceFields = {
  name: ['string', 'The service.'],
  provider: ['list', 'Who gives it.', { name: ['string', 'The provider.'] }],
  capability: ['list', 'What is possible.', capabilityFields],
} as const

const servicesShown = (services: NetworkOffering['services']) =>
  Object.entries(services).map(([name, providers]) => ({
    name,
    provider: providers.map((one) => ({ name: one })),
    capability: capabilitiesOf(name),
  }))

/** There are few kinds of offerings, and each network shows its own's: most of the text of a page of networks. */
const MOST_KNOWN = 1000
const known = new Map<string, ReturnType<typeof servicesShown>>()
/** Rows of one page share what they have of their offering. */
const last = new WeakMap<NetworkOffering['services'], ReturnType<typeof servicesShown>>()

export const presentServices = (services: NetworkOffering['services']) => {
  const shown = last.get(services) ?? servicesOf(services)
  last.set(services, shown)
  return shown
}

const servicesOf = (services: NetworkOffering['services']) => {
  const key = JSON.stringify(services)
  const found = known.get(key)
  if (found !== undefined) return found
  const made = lasting(servicesShown(services))
  if (known.size < MOST_KNOWN) known.set(key, made)
  return made
}

export const networkOfferingResponse = defineResponse('networkoffering', {
  id: ['string', "The offering's id."],
  name: ['string', 'Its name.'],
  displaytext: ['string', 'What it is, for people.'],
  created: ['date', 'When it was made.'],
  traffictype: ['string', 'Guest.'],
  isdefault: ['boolean', 'Whether it came with the manager.'],
  specifyvlan: ['boolean', 'Whether networks name their VLAN.'],
  conservemode: ['boolean', 'Whether services share a public address.'],
  specifyipranges: ['boolean', 'Whether networks name their addresses.'],
  availability: ['string', 'Optional.'],
  state: ['string', 'Enabled when networks can be made of it.'],
  guestiptype: ['string', 'Isolated: behind a router; L2: a wire between guests.'],
  service: ['list', 'What networks of it get.', serviceFields],
  forvpc: ['boolean', 'Whether it is for tiers of a VPC.'],
  networkmode: ['string', 'NATTED: guests go out by source NAT; ROUTED: under their own addresses.'],
  routingmode: ['string', 'Of ROUTED: how the outside learns of a network, Static or Dynamic.'],
  networkrate: ['integer', 'Megabits per second that a network may carry.'],
  supportsinternallb: ['boolean', 'Whether load balancers inside a tier may be made.'],
  ispersistent: ['boolean', 'Whether a network without guests has a router.'],
  egressdefaultpolicy: ['boolean', 'Whether guests may send out what no rule forbids.'],
  internetprotocol: ['string', 'IPv4, DualStack or IPv6.'],
})

export const presentNetworkOffering = (row: NetworkOffering): Presented<typeof networkOfferingResponse.fields> => ({
  id: row.id,
  name: row.name,
  displaytext: row.displaytext,
  created: row.created,
  traffictype: 'Guest',
  isdefault: row.isdefault,
  specifyvlan: false,
  conservemode: row.conservemode,
  specifyipranges: false,
  availability: 'Optional',
  state: row.state,
  guestiptype: row.guestiptype,
  service: presentServices(row.services),
  forvpc: row.forvpc,
  networkmode: row.networkmode,
  routingmode: row.routingmode,
  networkrate: row.networkrate,
  supportsinternallb: row.capabilities.Lb?.lbSchemes === 'internal',
  ispersistent: false,
  egressdefaultpolicy: row.egressdefaultpolicy,
  internetprotocol: row.internetprotocol,
})
