import type { Insertable } from 'kysely'
import type { NetworkOfferingTable, VpcOfferingTable } from '../model/schema.ts'

const byRouter = (...services: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(services.map((service) => [service, ['VirtualRouter']])))

const basic = ['Dhcp', 'Dns', 'UserData'] as const
const nat = ['SourceNat', 'StaticNat', 'PortForwarding'] as const

/** What CloudStack clients expect to find by these names; the first is what a cloud without a choice takes. */
export const networkOfferings: readonly Insertable<NetworkOfferingTable>[] = [
  {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    displaytext: 'Isolated network with DHCP, DNS, user data, firewall, NAT and load balancing by a virtual router',
    guestiptype: 'Isolated',
    services: byRouter(...basic, ...nat, 'Lb', 'Firewall', 'Vpn'),
    isdefault: true,
  },
  {
    name: 'DefaultIsolatedNetworkOfferingForVpcNetworks',
    displaytext: 'Tier of a VPC, with public load balancing',
    guestiptype: 'Isolated',
    services: byRouter(...basic, ...nat, 'Lb', 'NetworkACL', 'Vpn'),
    forvpc: true,
    isdefault: true,
  },
  {
    name: 'DefaultIsolatedNetworkOfferingForVpcNetworksNoLB',
    displaytext: 'Tier of a VPC, without load balancing',
    guestiptype: 'Isolated',
    services: byRouter(...basic, ...nat, 'NetworkACL', 'Vpn'),
    forvpc: true,
    isdefault: true,
  },
  {
    name: 'DefaultIsolatedNetworkOfferingForVpcNetworksWithInternalLB',
    displaytext: 'Tier of a VPC, with load balancing among its own guests',
    guestiptype: 'Isolated',
    services: byRouter(...basic, 'SourceNat', 'Lb', 'NetworkACL'),
    capabilities: JSON.stringify({ Lb: { lbSchemes: 'internal' } }),
    forvpc: true,
    isdefault: true,
  },
  {
    name: 'DefaultL2NetworkOffering',
    displaytext: 'A wire between guests, with neither router nor addresses',
    guestiptype: 'L2',
    services: '{}',
    isdefault: true,
  },
]

export const vpcOfferings: readonly Insertable<VpcOfferingTable>[] = [
  {
    name: 'Default VPC offering',
    displaytext: 'VPC with everything a virtual router gives its tiers',
    services: byRouter(...basic, ...nat, 'Lb', 'NetworkACL', 'Vpn'),
    isdefault: true,
  },
  {
    name: 'Redundant VPC offering',
    displaytext: 'VPC with everything a virtual router gives its tiers, by two of them on different hosts',
    services: byRouter(...basic, ...nat, 'Lb', 'NetworkACL', 'Vpn'),
    redundant: true,
    isdefault: true,
  },
]
