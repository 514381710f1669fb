import type { RouterBase } from '@sysvm/manager/orchestration/router/base'
import { routerSpec, specDigest } from '@sysvm/manager/orchestration/router/spec'
import type { RouterState } from '@sysvm/manager/orchestration/router/state'
import { DhcpSpec, DnsSpec, FirewallSpec, InterfacesSpec, MetadataSpec, NatSpec } from '@sysvm/router/spec'
import { describe, expect, it } from 'vitest'

const virtualRouter = ['VirtualRouter']

const offering = {
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

const network = {
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

const nic = { network: null, privateGateway: null, gateway: null, prefix: 24 } as const

const base: RouterBase = {
  router: { id: '11111111-1111-4111-8111-111111111111', number: 4 },
  zone: { id: '33333333-1111-4111-8111-111111111111', name: 'z1', dns1: '192.0.2.53', dns2: null },
  vpc: undefined,
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

/** What the parts read beside the base: nothing of it is there. */
const state = (over: Partial<RouterBase> = {}): RouterState => ({ base: { ...base, ...over }, rows: {} })

describe('routerSpec', () => {
  it('is this document', () => {
    expect(routerSpec(state(), 9)).toEqual({
      version: 1,
      generation: 9,
      name: 'r-4-VM',
      role: 'router',
      services: {
        interfaces: {
          interfaces: [
            { device: 'eth0', mac: '02:00:00:00:00:01', role: 'control', addresses: ['169.254.3.4/16'] },
            { device: 'eth1', mac: '02:00:00:00:00:02', role: 'guest', addresses: ['10.1.1.1/24'], mtu: 1450 },
            { device: 'eth2', mac: '02:00:00:00:00:03', role: 'public', addresses: ['203.0.113.10/24'] },
          ],
          gateway: '203.0.113.1',
        },
        dhcp: {
          leaseSeconds: 86_400,
          subnets: [
            {
              device: 'eth1',
              network: '10.1.1.0/24',
              gateway: '10.1.1.1',
              nameservers: ['10.1.1.1'],
              domain: 'cs1.internal',
              reservations: [{ mac: '02:00:00:00:00:07', address: '10.1.1.2', hostname: 'web' }],
              mtu: 1450,
            },
          ],
        },
        dns: {
          views: [
            {
              device: 'eth1',
              listen: ['10.1.1.1'],
              domain: 'cs1.internal',
              upstreams: ['192.0.2.53'],
              records: [
                { name: 'r-4-vm.cs1.internal', address: '10.1.1.1' },
                { name: 'data-server.cs1.internal', address: '10.1.1.1' },
                { name: 'web.cs1.internal', address: '10.1.1.2' },
              ],
            },
          ],
        },
        nat: {
          source: [{ network: '10.1.1.0/24', device: 'eth2', address: '203.0.113.10' }],
          static: [],
          forwards: [],
        },
        firewall: { egress: 'allow' },
        metadata: {
          listen: ['10.1.1.1'],
          instances: [
            {
              address: '10.1.1.2',
              data: {
                'availability-zone': 'z1',
                'instance-id': 'i-2-7-VM',
                'local-hostname': 'web',
                'local-ipv4': '10.1.1.2',
                'public-hostname': '203.0.113.10',
                'public-ipv4': '203.0.113.10',
                'service-offering': 'Small Instance',
                'vm-id': '22222222-2222-4222-8222-222222222222',
              },
              userData: 'IyEvYmluL3NoCg==',
            },
          ],
        },
      },
    })
  })

  it('fits the schemas of the services', () => {
    const { services } = routerSpec(state(), 1)
    InterfacesSpec.parse(services.interfaces)
    DhcpSpec.parse(services.dhcp)
    DnsSpec.parse(services.dns)
    NatSpec.parse(services.nat)
    FirewallSpec.parse(services.firewall)
    MetadataSpec.parse(services.metadata)
  })

  it('leaves out what the offering does not have, and hands out outside resolvers without DNS', () => {
    const bare = { ...offering, services: { Dhcp: virtualRouter }, egressdefaultpolicy: false }
    const zone = { ...base.zone, dns2: '192.0.2.54' }
    const { services } = routerSpec(state({ networks: [{ ...network, offering: bare }], zone }), 1)
    expect(Object.keys(services)).toEqual(['interfaces', 'dhcp', 'firewall'])
    expect(services.firewall).toEqual({ egress: 'deny' })
    expect(services.dhcp?.subnets[0]?.nameservers).toEqual(['192.0.2.53', '192.0.2.54'])
  })

  it('has a digest that knows everything but the generation', () => {
    const digest = specDigest(routerSpec(state(), 1))
    expect(specDigest(routerSpec(state(), 2))).toBe(digest)
    expect(specDigest(routerSpec(state({ guests: [] }), 1))).not.toBe(digest)
  })
})
