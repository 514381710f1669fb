import type { Network } from '../../model/network.ts'
import type { Vpc } from '../../model/vpc.ts'
import { networkResponse, presentNetwork } from '../network/response.ts'
import { presentServices, serviceFields } from '../networkoffering/response.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'

export const vpcResponse = defineResponse('vpc', {
  id: ['string', "The VPC's id."],
  name: ['string', 'Its name.'],
  displaytext: ['string', 'What it is, for people.'],
  state: ['string', 'Enabled, or Inactive while it is being deleted.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  service: ['list', 'What its router may give.', serviceFields],
  cidr: ['string', 'Addresses of all its tiers.'],
  vpcofferingid: ['string', 'Its offering.'],
  vpcofferingname: ['string', "Its offering's name."],
  created: ['date', 'When it was made.'],
  ...ownerShown,
  network: ['list', 'Its tiers.', networkResponse.fields],
  restartrequired: ['boolean', 'Whether a restart is under way or wanted.'],
  networkdomain: ['string', 'DNS domain of its tiers.'],
  dns1: ['string', 'First name server that its router asks for tiers without their own.'],
  dns2: ['string', 'Second one.'],
  ip6dns1: ['string', 'First IPv6 name server that guests of such tiers are told.'],
  ip6dns2: ['string', 'Second one.'],
  fordisplay: ['boolean', 'Always true.'],
  distributedvpcrouter: ['boolean', 'Whether each host routes for it.'],
  regionlevelvpc: ['boolean', 'Whether it spans zones.'],
  redundantvpcrouter: ['boolean', 'Whether it has two routers.'],
})

export const presentVpc =
  (owners: Owners, tiers: readonly Network[]) =>
  (row: Vpc): Presented<typeof vpcResponse.fields> => ({
    id: row.id,
    name: row.name,
    displaytext: row.displaytext,
    state: row.state,
    zoneid: row.zone,
    zonename: row.zonename,
    service: presentServices(row.services),
    cidr: row.cidr,
    vpcofferingid: row.offering,
    vpcofferingname: row.offeringname,
    created: row.created,
    ...owners(row.account),
    network: tiers.filter(({ vpc }) => vpc === row.id).map(presentNetwork(owners)),
    restartrequired: row.restarts_wanted > row.restarts_done,
    networkdomain: row.networkdomain,
    dns1: row.dns1 ?? row.zonedns1,
    dns2: row.dns1 === null ? row.zonedns2 : row.dns2,
    ip6dns1: row.ip6dns1,
    ip6dns2: row.ip6dns2,
    fordisplay: true,
    distributedvpcrouter: false,
    regionlevelvpc: false,
    redundantvpcrouter: row.redundant,
  })
