import { type Setting, whole, words } from './setting.ts'

// What a router's spec takes of each; a test compares.
const [MOST_SUBNETS, MOST_CONNECTIONS] = [128, 1000]

export const networkSettings = {
  'guest.cidr': {
    description: 'CIDR of guest networks in zones that have none of their own.',
    category: 'Network',
    fallback: '10.1.1.0/24',
    ...words('a CIDR'),
  },
  'guest.domain.suffix': {
    description: 'DNS domain of guest networks and VPCs that name none, in zones that have none.',
    category: 'Network',
    fallback: 'cloud.internal',
    scopes: ['zone'],
    ...words('a DNS domain'),
  },
  'remote.access.vpn.client.iprange': {
    description: 'Addresses that clients of remote access VPNs get that name none.',
    category: 'Network',
    fallback: '10.1.2.1-10.1.2.8',
    scopes: ['account'],
    ...words('two addresses with a hyphen'),
  },
  'remote.access.vpn.user.limit': {
    description: 'Users of remote access VPNs that an account may have.',
    category: 'Network',
    fallback: '8',
    scopes: ['account'],
    ...whole(1, 10_000),
  },
  'router.redundant.advert.interval': {
    description: 'Time between two words of the primary of two routers; after three without any the other takes over.',
    category: 'Network',
    fallback: '100',
    ...whole(50, 10_000, 'ms'),
  },
  'router.stats.interval': {
    description: 'Time between two readings of the counters of a router.',
    category: 'Network',
    fallback: '300',
    ...whole(1, 99_999, 's'),
  },
  'site2site.vpn.customergateway.subnets.limit': {
    description: 'Most networks behind one VPN customer gateway.',
    category: 'Network',
    fallback: '10',
    ...whole(1, MOST_SUBNETS),
  },
  'site2site.vpn.vpngateway.connection.limit': {
    description: 'Most connections of one VPN gateway.',
    category: 'Network',
    fallback: '4',
    ...whole(1, MOST_CONNECTIONS),
  },
} as const satisfies Readonly<Record<string, Setting>>
