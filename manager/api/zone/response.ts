import type { Zone } from '../../model/zone.ts'
import { capacityShown } from '../capacity/shown.ts'
import { defineResponse, type Presented } from '../response.ts'

export const zoneResponse = defineResponse('zone', {
  id: ['string', "The zone's id."],
  name: ['string', "The zone's name."],
  dns1: ['string', 'First public name server.'],
  dns2: ['string', 'Second public name server.'],
  internaldns1: ['string', 'First name server of system VMs.'],
  internaldns2: ['string', 'Second name server of system VMs.'],
  guestcidraddress: ['string', 'CIDR that guest networks get when none is asked for.'],
  domain: ['string', 'DNS domain of guest networks that name none.'],
  networktype: ['string', 'Always Advanced.'],
  securitygroupsenabled: ['boolean', 'Whether guests are kept apart by security groups.'],
  allocationstate: ['string', 'Enabled when new things may be placed here.'],
  dhcpprovider: ['string', 'Who answers DHCP.'],
  localstorageenabled: ['boolean', "Whether guests' disks are on their hosts."],
  type: ['string', 'Core: a zone of its own.'],
  ismultiarch: ['boolean', 'Whether hosts of several processor architectures are mixed.'],
  routedmodeenabled: ['boolean', 'Whether networks without NAT can be made.'],
  ...capacityShown,
})

export const presentZone = (zone: Zone): Presented<typeof zoneResponse.fields> => ({
  id: zone.id,
  name: zone.name,
  dns1: zone.dns1,
  dns2: zone.dns2,
  internaldns1: zone.internaldns1,
  internaldns2: zone.internaldns2,
  guestcidraddress: zone.guestcidr,
  domain: zone.domain,
  networktype: zone.networktype,
  securitygroupsenabled: zone.security_groups,
  allocationstate: zone.allocationstate,
  dhcpprovider: 'VirtualRouter',
  localstorageenabled: true,
  type: 'Core',
  ismultiarch: false,
  routedmodeenabled: false,
})
