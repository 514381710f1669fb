import { routerSpec, specDigest } from '@sysvm/manager/orchestration/router/spec'
import { DhcpSpec, DnsSpec, FirewallSpec, InterfacesSpec, MetadataSpec, NatSpec } from '@sysvm/router/spec'
import { describe, expect, it } from 'vitest'
import { base, network, offering, state, virtualRouter } from './state.ts'

const metadata = new Map([
  [base.guests[0]?.id, { userdata: 'IyEvYmluL3NoCg==', details: {}, keys: [], password: undefined }],
])

describe('routerSpec', () => {
  it('is this document', () => {
    expect(routerSpec(state({}, { metadata }), 9)).toEqual({
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
              networks: ['10.1.1.0/24'],
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
        firewall: {
          egress: 'allow',
          addresses: [{ address: '203.0.113.10', rules: [] }],
          networks: [{ device: 'eth1', egress: { otherwise: 'allow', rules: [] } }],
        },
        metadata: {
          listen: ['10.1.1.1'],
          instances: [
            {
              address: '10.1.1.2',
              data: {
                'availability-zone': 'z1',
                'cloud-identifier': 'CloudStack-{33333333-1111-4111-8111-111111111111}',
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
        accounting: { addresses: ['203.0.113.10'], guests: ['10.1.1.2'] },
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
    expect(Object.keys(services)).toEqual(['interfaces', 'dhcp', 'firewall', 'accounting'])
    expect(services.firewall).toMatchObject({ egress: 'deny' })
    expect(services.dhcp?.subnets[0]?.nameservers).toEqual(['192.0.2.53', '192.0.2.54'])
  })

  it('has a digest that knows everything but the generation', () => {
    const digest = specDigest(routerSpec(state(), 1))
    expect(specDigest(routerSpec(state(), 2))).toBe(digest)
    expect(specDigest(routerSpec(state({ guests: [] }), 1))).not.toBe(digest)
  })
})
