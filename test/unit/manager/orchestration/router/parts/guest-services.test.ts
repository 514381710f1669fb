import { routerSpec } from '@sysvm/manager/orchestration/router/spec'
import { DhcpSpec, DnsSpec, Ipv6Spec, MetadataSpec } from '@sysvm/router/spec'
import { expect, test } from 'vitest'
import { base, state } from '../state.ts'

const [network] = base.networks
const [guest] = base.guests
if (network === undefined || guest === undefined) throw new Error('the base has a network with a guest')

const names = new Map([
  [
    network.id,
    {
      ...{ id: network.id, dns1: '198.51.100.53', dns2: null, ip6dns1: null, ip6dns2: null },
      ...{ ip6cidr: '2001:db8:1::/64', ip6gateway: '2001:db8:1::1' },
    },
  ],
])
const asked = new Map([[guest.nic, '2001:db8:1::22']])
const publics = [{ nic: 'n2', address: null, cidr: '2001:db8:ff::/64', gateway: '2001:db8:ff::1' }]

const services = (over: Record<string, unknown> = {}) =>
  routerSpec(
    state(
      {},
      {
        dhcp: { names, options: new Map([[guest.nic, [{ code: 42, value: '192.0.2.1' }]]]), aside: new Set() },
        dns: { names, asked: new Map() },
        ipv6: { names, asked: new Map(), publics },
        ...over,
      },
    ),
    1,
  ).services

test('a dual-stack network: advertised, with a way out, and with names of both families', () => {
  const { ipv6, dns } = services()
  expect(Ipv6Spec.parse(ipv6)).toEqual({
    interfaces: [
      {
        device: 'eth1',
        addresses: ['2001:db8:1::1/64'],
        advertisement: { addressing: 'slaac', nameservers: ['2001:db8:1::1'], search: ['cs1.internal'], mtu: 1450 },
      },
      { device: 'eth2', addresses: ['2001:db8:ff::ff:fe00:3/64'] },
    ],
    gateway: '2001:db8:ff::1',
  })
  const [view] = DnsSpec.parse(dns).views
  expect(view).toMatchObject({
    listen: ['10.1.1.1', '2001:db8:1::1'],
    networks: ['10.1.1.0/24', '2001:db8:1::/64'],
    upstreams: ['198.51.100.53'],
  })
  expect(view?.records).toContainEqual({ name: 'web.cs1.internal', address: '2001:db8:1::ff:fe00:7' })
})

test('an address that was asked for is leased, and is the name', () => {
  const { ipv6, dns } = services({ dns: { names, asked }, ipv6: { names, asked, publics } })
  expect(Ipv6Spec.parse(ipv6).interfaces[0]?.advertisement).toMatchObject({
    addressing: 'both',
    reservations: [{ mac: '02:00:00:00:00:07', address: '2001:db8:1::22', hostname: 'web' }],
  })
  expect(dns?.views[0]?.records).toContainEqual({ name: 'web.cs1.internal', address: '2001:db8:1::22' })
})

test('a guest has its own options', () => {
  expect(DhcpSpec.parse(services().dhcp).subnets[0]?.reservations).toMatchObject([
    { mac: '02:00:00:00:00:07', options: [{ code: 42, value: '192.0.2.1' }] },
  ])
})

test('keys, variables and a password; a variable takes the place of no key of ours', () => {
  const password = { id: '44444444-4444-4444-8444-444444444444', value: 'Pa55-word' }
  const row = {
    ...{ id: guest.id, userdata: null, password },
    ...{ details: { db_host: 'db', 'vm-id': 'lie' }, keys: ['ssh-ed25519 AAAA', 'ssh-rsa BBBB'] },
  }
  const [instance] = MetadataSpec.parse(services({ metadata: new Map([[guest.id, row]]) }).metadata).instances
  expect(instance).toMatchObject({
    password,
    data: { db_host: 'db', 'public-keys': 'ssh-ed25519 AAAA\nssh-rsa BBBB\n', 'vm-id': guest.id },
  })
})
