import type { RouterBase } from '@sysvm/manager/orchestration/router/base'
import type { RouterState } from '@sysvm/manager/orchestration/router/state'

export const virtualRouter = ['VirtualRouter']

export const offering = {
  services: {
    Dhcp: virtualRouter,
    Dns: virtualRouter,
    SourceNat: virtualRouter,
    UserData: virtualRouter,
    Firewall: virtualRouter,
  },
  egressdefaultpolicy: true,
  networkmode: 'NATTED',
  routingmode: null,
  internetprotocol: 'IPv4',
  networkrate: null,
  capabilities: {},
} as const

export const network = {
  id: 'aaaaaaaa-1111-4111-8111-111111111111',
  name: 'n1',
  cidr: '10.1.1.0/24',
  gateway: '10.1.1.1',
  networkdomain: 'cs1.internal',
  revision: 3,
  device: 'eth1',
  acl: null,
  offering,
} as const

export const nic = { network: null, privateGateway: null, gateway: null, prefix: 24 } as const

/** An isolated network with one guest. */
export const base: RouterBase = {
  router: { id: '11111111-1111-4111-8111-111111111111', number: 4 },
  zone: { id: '33333333-1111-4111-8111-111111111111', name: 'z1', dns1: '192.0.2.53', dns2: null },
  vpc: undefined,
  pair: undefined,
  networks: [network],
  nics: [
    {
      ...nic,
      id: 'n0',
      role: 'control',
      device: 'eth0',
      mac: '02:00:00:00:00:01',
      address: '169.254.3.4',
      prefix: 16,
    },
    {
      ...nic,
      id: 'n1',
      role: 'guest',
      network: network.id,
      device: 'eth1',
      mac: '02:00:00:00:00:02',
      address: '10.1.1.1',
    },
    {
      ...nic,
      id: 'n2',
      role: 'public',
      device: 'eth2',
      mac: '02:00:00:00:00:03',
      address: '203.0.113.10',
      gateway: '203.0.113.1',
    },
  ],
  guests: [
    {
      id: '22222222-2222-4222-8222-222222222222',
      nic: 'n7',
      network: network.id,
      number: 7,
      name: 'web',
      displayname: 'Web',
      mac: '02:00:00:00:00:07',
      address: '10.1.1.2',
      userdata: 'IyEvYmluL3NoCg==',
      offering: 'Small Instance',
    },
  ],
  addresses: [
    {
      id: 'a1',
      address: '203.0.113.10',
      network: network.id,
      isSourceNat: true,
      device: 'eth2',
      prefix: 24,
      gateway: '203.0.113.1',
      staticNat: null,
    },
  ],
  gateways: [],
  mtu: 1450,
}

/** What each part reads where nothing of its kind is there. */
const nothing: RouterState['rows'] = {
  interfaces: new Map(),
  dhcp: { names: new Map(), options: new Map(), aside: new Set() },
  dns: { names: new Map(), asked: new Map() },
  nat: [],
  firewall: [],
  acl: [],
  metadata: new Map(),
  loadbalancer: {
    rules: [],
    members: [],
    assigned: [],
    certificates: [],
    statistics: { visibility: 'disabled', uri: '/', port: 8081, auth: '' },
    maxConnections: 4096,
    idleMs: 0,
  },
  routing: { routes: [], asn: undefined, peers: [] },
  netboot: [],
  accounting: { names: new Map(), asked: new Map() },
  ipv6: { names: new Map(), asked: new Map(), publics: [] },
  vpn: { connections: [], remoteAccess: undefined, l2tp: undefined },
  redundancy: { advertMs: 100 },
  wireguard: undefined,
}

export const state = (over: Partial<RouterBase> = {}, rows: RouterState['rows'] = {}): RouterState => ({
  base: { ...base, ...over },
  rows: { ...nothing, ...rows },
})
