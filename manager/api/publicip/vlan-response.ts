import type { VlanRange } from '../../model/vlanrange.ts'
import { cidrOf } from '../range.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'

export const vlanRangeResponse = defineResponse('vlaniprange', {
  id: ['string', "The range's id."],
  forvirtualnetwork: ['boolean', 'True: addresses for networks behind routers.'],
  zoneid: ['string', 'Its zone.'],
  ...ownerShown,
  vlan: ['string', 'vlan://untagged, or the VLAN it is on.'],
  gateway: ['string', 'Gateway to the outside.'],
  netmask: ['string', 'Its netmask.'],
  cidr: ['string', 'Its network.'],
  startip: ['string', 'First address.'],
  endip: ['string', 'Last address.'],
  ip6cidr: ['string', 'Its IPv6 network.'],
  ip6gateway: ['string', 'IPv6 gateway to the outside.'],
  startipv6: ['string', 'First IPv6 address for routers.'],
  endipv6: ['string', 'Last IPv6 address for routers.'],
  physicalnetworkid: ['string', 'The physical network that carries it.'],
  forsystemvms: ['boolean', 'Whether it is kept for system VMs.'],
})

/** What makes a range answers the same under another name than lists. */
export const madeVlanRangeResponse = defineResponse('vlan', vlanRangeResponse.fields)

export const presentVlanRange = (range: VlanRange): Presented<typeof vlanRangeResponse.fields> => ({
  id: range.id,
  forvirtualnetwork: true,
  zoneid: range.zone,
  account: range.accountname,
  projectid: range.project,
  project: range.projectname,
  domainid: range.ofdomain,
  domain: range.domainname,
  domainpath: range.domainpath,
  vlan: `vlan://${range.vlan}`,
  gateway: range.gateway,
  netmask: range.netmask,
  cidr: range.gateway === null || range.netmask === null ? null : cidrOf(range.gateway, range.netmask),
  startip: range.startip,
  endip: range.endip,
  ip6cidr: range.ip6cidr,
  ip6gateway: range.ip6gateway,
  startipv6: range.startipv6,
  endipv6: range.endipv6,
  physicalnetworkid: range.physical_network,
  forsystemvms: false,
})
