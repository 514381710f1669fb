import type { RouterBase } from '@sysvm/manager/orchestration/router/base'
import { routerSpec } from '@sysvm/manager/orchestration/router/spec'
import { AclSpec, DhcpSpec, DnsSpec, FirewallSpec, InterfacesSpec, NatSpec, RoutingSpec } from '@sysvm/router/spec'
import { expect, it } from 'vitest'
import { base, network, nic, offering, state } from './state.ts'

const tierOffering = { ...offering, services: { ...offering.services, NetworkACL: ['VirtualRouter'] } }
const tier = (number: number, acl: string) => ({
  ...network,
  id: `tier-${number}`,
  name: `t${number}`,
  cidr: `10.0.${number}.0/24`,
  gateway: `10.0.${number}.1`,
  networkdomain: 'shop.internal',
  device: `eth${number + 1}`,
  acl,
  offering: tierOffering,
})
const guest = (number: number) => ({
  id: `guest-${number}`,
  nic: `nic-${number}`,
  network: `tier-${number}`,
  number,
  name: `g${number}`,
  displayname: '',
  mac: `02:00:00:00:01:0${number}`,
  address: `10.0.${number}.10`,
  userdata: null,
  offering: 'Small Instance',
})
const tierNic = (number: number) => ({
  ...nic,
  id: `r${number}`,
  role: 'guest' as const,
  network: `tier-${number}`,
  device: `eth${number + 1}`,
  mac: `02:00:00:00:00:1${number}`,
  address: `10.0.${number}.1`,
})
const publicNic = { ...nic, role: 'public' as const, id: 'p', device: 'eth1', mac: '02:00:00:00:00:03' }
const privateNic = { ...nic, role: 'private' as const, id: 's', device: 'eth4', mac: '02:00:00:00:00:04' }

/** Two tiers, a private gateway that translates, and two public addresses: one for source NAT, one for whatever comes. */
const vpc: Partial<RouterBase> = {
  vpc: {
    id: 'vpc',
    name: 'shop',
    cidr: '10.0.0.0/16',
    networkdomain: 'shop.internal',
    revision: 9,
    offering: { services: tierOffering.services, networkmode: 'NATTED', routingmode: null },
  },
  networks: [tier(1, 'open'), tier(2, 'closed')],
  nics: [
    ...base.nics.slice(0, 1),
    { ...publicNic, address: '203.0.113.10', gateway: '203.0.113.1' },
    tierNic(1),
    tierNic(2),
    { ...privateNic, privateGateway: 'site', address: '172.16.0.2', gateway: '172.16.0.1' },
  ],
  guests: [guest(1), guest(2)],
  addresses: [10, 11].map((last) => ({
    id: `a${last}`,
    address: `203.0.113.${last}`,
    network: null,
    isSourceNat: last === 10,
    device: 'eth1',
    prefix: 24,
    gateway: '203.0.113.1',
    staticNat: null,
  })),
  gateways: [
    {
      id: 'site',
      device: 'eth4',
      address: '172.16.0.2',
      prefix: 24,
      gateway: '172.16.0.1',
      sourceNat: true,
      acl: 'open',
    },
  ],
}

const item = (list: string, action: 'Allow' | 'Deny', traffictype: 'Ingress' | 'Egress') => ({
  id: '44444444-1111-4111-8111-111111111111',
  list,
  number: 1,
  action,
  traffictype,
  protocol: 'all',
  startport: null,
  endport: null,
  icmptype: null,
  icmpcode: null,
  cidrlist: [],
  reason: null,
  created: new Date(0),
})
const rows = {
  acl: [item('open', 'Allow', 'Ingress'), item('open', 'Allow', 'Egress'), item('closed', 'Deny', 'Ingress')],
  routing: {
    routes: [
      { cidr: '192.168.0.0/16', private_gateway: 'site', nexthop: null },
      { cidr: '192.169.0.0/16', private_gateway: 'not plugged yet', nexthop: null },
      { cidr: '192.170.0.0/16', private_gateway: null, nexthop: '10.0.2.10' },
    ],
    asn: undefined,
    peers: [],
  },
}

it('serves all tiers of a VPC by one document', () => {
  const { services } = routerSpec(state(vpc, rows), 1)
  expect(services.interfaces).toEqual({
    interfaces: [
      { device: 'eth0', mac: '02:00:00:00:00:01', role: 'control', addresses: ['169.254.3.4/16'] },
      {
        device: 'eth1',
        mac: '02:00:00:00:00:03',
        role: 'public',
        addresses: ['203.0.113.10/24', '203.0.113.11/24'],
      },
      { device: 'eth2', mac: '02:00:00:00:00:11', role: 'guest', addresses: ['10.0.1.1/24'], mtu: 1450 },
      { device: 'eth3', mac: '02:00:00:00:00:12', role: 'guest', addresses: ['10.0.2.1/24'], mtu: 1450 },
      { device: 'eth4', mac: '02:00:00:00:00:04', role: 'private', addresses: ['172.16.0.2/24'] },
    ],
    gateway: '203.0.113.1',
  })
  expect(services.dhcp?.subnets.map(({ device, network, reservations }) => [device, network, reservations])).toEqual([
    ['eth2', '10.0.1.0/24', [{ mac: '02:00:00:00:01:01', address: '10.0.1.10', hostname: 'g1' }]],
    ['eth3', '10.0.2.0/24', [{ mac: '02:00:00:00:01:02', address: '10.0.2.10', hostname: 'g2' }]],
  ])
  expect(services.dns?.views.map(({ device, networks, records }) => [device, networks, records.length])).toEqual([
    ['eth2', ['10.0.0.0/16'], 4],
    ['eth3', ['10.0.0.0/16'], 4],
  ])
  expect(services.nat?.source).toEqual([
    { network: '10.0.1.0/24', device: 'eth1', address: '203.0.113.10' },
    { network: '10.0.2.0/24', device: 'eth1', address: '203.0.113.10' },
    { network: '10.0.1.0/24', device: 'eth4', address: '172.16.0.2' },
    { network: '10.0.2.0/24', device: 'eth4', address: '172.16.0.2' },
  ])
  expect(
    services.acl?.devices.map(({ device, ingress, egress }) => [device, ingress.otherwise, egress.otherwise]),
  ).toEqual([
    ['eth2', 'deny', 'deny'],
    ['eth3', 'deny', 'allow'],
    ['eth4', 'deny', 'deny'],
  ])
  expect(services.routing).toEqual({
    static: [
      { network: '192.168.0.0/16', via: '172.16.0.1' },
      { network: '192.170.0.0/16', via: '10.0.2.10' },
    ],
  })
})

it('has two routers hear each other on their link, and the primary alone lead into the site', () => {
  const nics = (vpc.nics ?? []).map((one) => (one.network === 'tier-2' ? { ...one, own: '10.0.2.3' } : one))
  const link = { ...nic, id: 'l', role: 'link' as const, device: 'eth5', mac: '02:00:00:00:00:05', prefix: 29 }
  const pair = {
    rank: 'first',
    device: 'eth5',
    peer: { address: '192.0.0.3', mac: '02:00:00:00:00:06' },
    first: 4,
  } as const
  const two = { ...vpc, pair, nics: [...nics, { ...link, address: '192.0.0.1', own: '192.0.0.2' }] }
  const { services } = routerSpec(state(two, rows), 1)
  expect(services.interfaces.interfaces.at(-1)).toEqual({
    device: 'eth5',
    mac: '02:00:00:00:00:05',
    role: 'guest',
    addresses: ['192.0.0.1/29'],
    own: ['192.0.0.2/29'],
    mtu: 1450,
  })
  expect(services.interfaces.interfaces.map(({ own }) => own)).toEqual([
    undefined,
    [],
    [],
    ['10.0.2.3/24'],
    [],
    ['192.0.0.2/29'],
  ])
  expect(services.redundancy).toMatchObject({ device: 'eth5', peer: pair.peer })
  expect(services.acl?.devices.at(-1)).toEqual({
    device: 'eth5',
    ingress: { otherwise: 'deny' },
    egress: { otherwise: 'deny' },
  })
  // Neither has an address of its own in the site's network; in the tier each has.
  expect(services.routing?.static).toEqual([
    { network: '192.168.0.0/16', via: '172.16.0.1', shared: true },
    { network: '192.170.0.0/16', via: '10.0.2.10' },
  ])
})

it('fits the schemas of the services', () => {
  const { services } = routerSpec(state(vpc, rows), 1)
  InterfacesSpec.parse(services.interfaces)
  DhcpSpec.parse(services.dhcp)
  DnsSpec.parse(services.dns)
  NatSpec.parse(services.nat)
  FirewallSpec.parse(services.firewall)
  AclSpec.parse(services.acl)
  RoutingSpec.parse(services.routing)
})

it('leaves the DNS servers of other tiers as they are when a tier comes', () => {
  const configured = (networks: RouterBase['networks']) =>
    routerSpec(state({ ...vpc, networks, guests: [] }, rows), 1).services.dns?.views[0]
  expect(configured([tier(1, 'open')])).toEqual(configured([tier(1, 'open'), tier(2, 'closed')]))
})
