import { eui64, parseCidr } from '@sysvm/agent/spec'
import type { Network } from '../../model/network.ts'
import { presentServices, serviceFields } from '../networkoffering/response.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Ready } from '../response.ts'
import { formatDate } from '../wire/value.ts'

export const networkResponse = defineResponse('network', {
  id: ['string', "The network's id."],
  name: ['string', 'Its name.'],
  displaytext: ['string', 'What it is, for people.'],
  broadcastdomaintype: ['string', 'Vxlan.'],
  traffictype: ['string', 'Guest.'],
  gateway: ['string', "Its router's address."],
  netmask: ['string', 'Its netmask.'],
  cidr: ['string', 'Its addresses.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  networkofferingid: ['string', 'Its offering.'],
  networkofferingname: ['string', "Its offering's name."],
  networkofferingdisplaytext: ['string', "Its offering's text for people."],
  networkofferingconservemode: ['boolean', 'Whether services share a public address.'],
  networkofferingavailability: ['string', 'Optional.'],
  issystem: ['boolean', 'Whether it is for system VMs.'],
  state: ['string', 'Allocated: no router yet; Implemented: in service.'],
  related: ['string', 'The same as id.'],
  broadcasturi: ['string', 'Its identifier on the underlay.'],
  vlan: ['string', 'The number of its identifier.'],
  dns1: ['string', 'First name server that its router asks.'],
  dns2: ['string', 'Second name server that its router asks.'],
  ip6dns1: ['string', 'First IPv6 name server that its guests are told.'],
  ip6dns2: ['string', 'Second IPv6 name server that its guests are told.'],
  ip6cidr: ['string', 'Its IPv6 network.'],
  ip6gateway: ['string', "Its router's IPv6 address."],
  ip6routing: ['string', 'Static: whoever is outside routes its IPv6 network to its router.'],
  ip6routes: ['set', 'What has to be routed where: subnet and gateway.'],
  type: ['string', 'Isolated: behind a router; L2: a wire between guests.'],
  acltype: ['string', 'Account: its owner alone uses it.'],
  ...ownerShown,
  isdefault: ['boolean', 'Whether guests get it unasked.'],
  service: ['list', 'What its router gives.', serviceFields],
  networkdomain: ['string', 'DNS domain of its guests.'],
  physicalnetworkid: ['string', 'The physical network that carries it.'],
  restartrequired: ['boolean', 'Whether a restart is under way or wanted.'],
  specifyvlan: ['boolean', 'Whether it names its VLAN.'],
  specifyipranges: ['boolean', 'Whether it names its addresses.'],
  vpcid: ['string', 'The VPC whose tier it is.'],
  vpcname: ['string', 'Name of that VPC.'],
  aclid: ['string', 'Of a tier, the list that decides what passes.'],
  aclname: ['string', 'Name of that list.'],
  canusefordeploy: ['boolean', 'Whether guests can be put on it.'],
  ispersistent: ['boolean', 'Whether it has a router without guests.'],
  details: ['map', 'reason: why it is not as wanted.'],
  displaynetwork: ['boolean', 'Always true.'],
  strechedl2subnet: ['boolean', 'Whether it spans zones.'],
  redundantrouter: ['boolean', 'Whether it has two routers.'],
  supportsvmautoscaling: ['boolean', 'Whether its guests can be scaled by rules.'],
  created: ['date', 'When it was made.'],
  egressdefaultpolicy: ['boolean', 'Whether guests may send out what no rule forbids.'],
  internetprotocol: ['string', 'IPv4, DualStack or IPv6.'],
})

/** There are few lengths of prefixes. */
const netmasks = new Map<string, string>()

const netmaskOf = (cidr: string): string => {
  const length = cidr.slice(cidr.indexOf('/') + 1)
  const netmask = netmasks.get(length) ?? parseCidr(cidr).netmask
  netmasks.set(length, netmask)
  return netmask
}

/** Nothing where there is no IPv6, or no router with an address outside yet. */
const routes6 = ({ ip6cidr, routeraddress6, routermac, publicip6cidr }: Network) => {
  if (ip6cidr === null) return undefined
  const gateway =
    routeraddress6 ?? (publicip6cidr === null || routermac === null ? null : eui64(publicip6cidr, routermac))
  return gateway === null ? [] : [{ subnet: ip6cidr, gateway }]
}

export const presentNetwork =
  (owners: Owners) =>
  (row: Network): Ready<typeof networkResponse.fields> => {
    const owner = owners(row.account)
    // Field by field: one object that is spread among them makes the others slow.
    return {
      id: row.id,
      name: row.name,
      displaytext: row.displaytext,
      broadcastdomaintype: 'Vxlan',
      traffictype: 'Guest',
      gateway: row.gateway ?? undefined,
      netmask: row.cidr === null ? undefined : netmaskOf(row.cidr),
      cidr: row.cidr ?? undefined,
      zoneid: row.zone,
      zonename: row.zonename,
      networkofferingid: row.offering,
      networkofferingname: row.offeringname,
      networkofferingdisplaytext: row.offeringtext,
      networkofferingconservemode: row.conservemode,
      networkofferingavailability: 'Optional',
      issystem: false,
      state: row.state,
      related: row.id,
      broadcasturi: row.vni === null ? undefined : `vxlan://${row.vni}`,
      vlan: row.vni === null ? undefined : String(row.vni),
      dns1: row.dns1,
      dns2: row.dns2 ?? undefined,
      ip6dns1: row.ip6dns1 ?? undefined,
      ip6dns2: row.ip6dns2 ?? undefined,
      ip6cidr: row.ip6cidr ?? undefined,
      ip6gateway: row.ip6gateway ?? undefined,
      ip6routing: row.ip6cidr === null ? undefined : 'Static',
      ip6routes: routes6(row),
      type: row.guestiptype,
      acltype: 'Account',
      account: owner.account,
      projectid: owner.projectid,
      project: owner.project,
      domainid: owner.domainid,
      domain: owner.domain,
      domainpath: owner.domainpath,
      isdefault: false,
      service: presentServices(row.services),
      networkdomain: row.networkdomain ?? undefined,
      physicalnetworkid: row.physical_network ?? undefined,
      restartrequired: row.restarts_wanted > row.restarts_done,
      specifyvlan: false,
      specifyipranges: false,
      vpcid: row.vpc ?? undefined,
      vpcname: row.vpcname ?? undefined,
      aclid: row.acl ?? undefined,
      aclname: row.aclname ?? undefined,
      canusefordeploy: row.state !== 'Destroy',
      ispersistent: false,
      details: row.reason === null ? undefined : { reason: row.reason },
      displaynetwork: true,
      strechedl2subnet: false,
      redundantrouter: row.redundant,
      supportsvmautoscaling: false,
      created: formatDate(row.created),
      egressdefaultpolicy: row.egressdefaultpolicy,
      internetprotocol: row.internetprotocol,
    }
  }
