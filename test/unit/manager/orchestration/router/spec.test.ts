import type { RouterRows } from '@sysvm/manager/orchestration/router/rows'
import { routerSpec, specDigest } from '@sysvm/manager/orchestration/router/spec'
import { DhcpSpec, DnsSpec, FirewallSpec, InterfacesSpec, MetadataSpec, NatSpec } from '@sysvm/router/spec'
import { describe, expect, it } from 'vitest'

const virtualRouter = ['VirtualRouter']

const rows: RouterRows = {
  router: { id: '11111111-1111-4111-8111-111111111111', number: 4 },
  network: { cidr: '10.1.1.0/24', gateway: '10.1.1.1', networkdomain: 'cs1.internal', revision: 3 },
  zone: { name: 'z1', dns1: '192.0.2.53', dns2: null },
  offering: {
    services: {
      Dhcp: virtualRouter,
      Dns: virtualRouter,
      SourceNat: virtualRouter,
      UserData: virtualRouter,
      Firewall: virtualRouter,
    },
    egressdefaultpolicy: true,
  },
  nics: [
    {
      role: 'control',
      device: 0,
      mac: '02:00:00:00:00:01',
      address: '169.254.3.4',
      gateway: null,
      netmask: '255.255.0.0',
    },
    {
      role: 'guest',
      device: 1,
      mac: '02:00:00:00:00:02',
      address: '10.1.1.1',
      gateway: null,
      netmask: '255.255.255.0',
    },
    {
      role: 'public',
      device: 2,
      mac: '02:00:00:00:00:03',
      address: '203.0.113.10',
      gateway: '203.0.113.1',
      netmask: '255.255.255.0',
    },
  ],
  guests: [
    {
      id: '22222222-2222-4222-8222-222222222222',
      number: 7,
      name: 'web',
      displayname: 'Web',
      mac: '02:00:00:00:00:07',
      address: '10.1.1.2',
      userdata: 'IyEvYmluL3NoCg==',
      offering: 'Small Instance',
    },
  ],
}

describe('routerSpec', () => {
  it('is this document', () => {
    expect(routerSpec(rows, 9, 1450)).toEqual({
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
        nat: { source: [{ network: '10.1.1.0/24', device: 'eth2', address: '203.0.113.10' }] },
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
    const { services } = routerSpec(rows, 1, 1450)
    InterfacesSpec.parse(services.interfaces)
    DhcpSpec.parse(services.dhcp)
    DnsSpec.parse(services.dns)
    NatSpec.parse(services.nat)
    FirewallSpec.parse(services.firewall)
    MetadataSpec.parse(services.metadata)
  })

  it('leaves out what the offering does not have, and hands out outside resolvers without DNS', () => {
    const bare = { ...rows, offering: { services: { Dhcp: virtualRouter }, egressdefaultpolicy: false } }
    const { services } = routerSpec({ ...bare, zone: { ...rows.zone, dns2: '192.0.2.54' } }, 1, 1450)
    expect(Object.keys(services)).toEqual(['interfaces', 'dhcp', 'firewall'])
    expect(services.firewall).toEqual({ egress: 'deny' })
    expect(services.dhcp?.subnets[0]?.nameservers).toEqual(['192.0.2.53', '192.0.2.54'])
  })

  it('has a digest that knows everything but the generation', () => {
    const digest = specDigest(routerSpec(rows, 1, 1450))
    expect(specDigest(routerSpec(rows, 2, 1450))).toBe(digest)
    expect(specDigest(routerSpec({ ...rows, guests: [] }, 1, 1450))).not.toBe(digest)
  })
})
