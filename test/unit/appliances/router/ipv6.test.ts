import { routerServices } from '@sysvm/router'
import { convergeCommands } from '@sysvm/router/ipv6/converge'
import { staleLeases } from '@sysvm/router/ipv6/leases'
import { Ipv6Spec, type RouterServices } from '@sysvm/router/spec'
import { compile } from 'node-iptables'
import { expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from './whole.ts'

const spec = {
  interfaces: [
    {
      device: 'eth1',
      addresses: ['2001:db8:1::1/64'],
      advertisement: {
        addressing: 'dhcp',
        nameservers: ['2001:db8:1::1'],
        search: ['cs1.internal', 'corp.example'],
        mtu: 1450,
        reservations: [
          { mac: '02:00:00:00:00:02', address: '2001:db8:1::b', hostname: 'vm-2' },
          { mac: '02:00:00:00:00:01', duid: '00:04:aa:bb', address: '2001:db8:1::a' },
        ],
      },
    },
    { device: 'eth2', addresses: ['2001:db8:ff::5/64'] },
  ],
  gateway: '2001:db8:ff::1',
} as const satisfies RouterServices['ipv6']

const service = routerServices.find(({ name }) => name === 'ipv6')
const rendered = service?.render(spec, wholeOf({ ...baseSpec, ipv6: spec }))

test.each([
  ['ipv6/radvd.conf', 'radvd.conf'],
  ['ipv6/kea-dhcp6.json', 'kea-dhcp6.json'],
  ['ipv6/sysctl.conf', 'sysctl6.conf'],
])('renders %s to the letter', (path, file) => {
  expect(rendered?.files.find((one) => one.path === path)?.text).toBe(golden(file))
})

test('renders its rules to the letter', () => {
  expect(compile(rendered?.ruleset ?? { tables: [] })).toBe(golden('ipv6.nft'))
})

test('nothing is done where the kernel is as it should be, and its own link-local address stays', () => {
  const info = (local: string, scope = 'global') => ({ local, prefixlen: 64, scope })
  const live = {
    links: [
      { ifname: 'eth1', addr_info: [info('2001:db8:1::1'), info('fe80::1', 'link'), info('fe80::ff', 'link')] },
      { ifname: 'eth2', addr_info: [info('2001:db8:ff::5'), info('2001:db8:dead::5')] },
    ],
    defaults: [{ gateway: '2001:db8:ff::9' }],
  }
  expect(convergeCommands(spec, live)).toEqual([
    'address del 2001:db8:dead::5/64 dev eth2',
    'route del default via 2001:db8:ff::9',
    'route add default via 2001:db8:ff::1',
  ])
})

test('a lease ends when its address is reserved for another guest or for nobody', () => {
  const lease = (address: string, mac: string, duid = '00:03:00:01') => ({
    'ip-address': address,
    'hw-address': mac,
    ...{ duid, hostname: '', cltt: 0, 'valid-lft': 1 },
  })
  const leases = [
    lease('2001:db8:1::b', '02:00:00:00:00:02'),
    lease('2001:db8:1::a', '02:00:00:00:00:77', '00:04:aa:bb'),
    lease('2001:db8:1::c', '02:00:00:00:00:02'),
  ]
  expect(staleLeases(Ipv6Spec.parse(spec), leases)).toEqual(['2001:db8:1::c'])
})

const [inside, outside] = spec.interfaces
const withInside = (change: object) => ({ ...spec, interfaces: [{ ...inside, ...change }, outside] })
const advertised = (change: object) => withInside({ advertisement: { ...inside.advertisement, ...change } })
const [one] = inside.advertisement.reservations

test.each([
  ['a device that is not there', withInside({ device: 'eth7' }), 'no guest or public interface'],
  ['the control device', withInside({ device: 'eth0' }), 'no guest or public interface'],
  ['a device twice', { ...spec, interfaces: [inside, { ...outside, device: 'eth1' }] }, 'given to two interfaces'],
  ['overlapping networks', withInside({ addresses: ['2001:db8:ff::9/64'], advertisement: undefined }), 'overlaps'],
  ['a link-local address', withInside({ addresses: ['fe80::7/64'] }), 'no address of a network'],
  ['multicast', withInside({ addresses: ['ff02::7/64'] }), 'no address of a network'],
  ['a network that guests cannot use', withInside({ addresses: ['2001:db8:1::1/80'] }), 'is no /64'],
  [
    'advertisements to the public',
    { ...spec, interfaces: [inside, { ...outside, advertisement: inside.advertisement }] },
    'no guest interface',
  ],
  ['reservations nobody asks for', advertised({ addressing: 'slaac' }), 'make their own'],
  ['an address reserved twice', advertised({ reservations: [one, { ...one, mac: '02:00:00:00:00:09' }] }), 'twice'],
  ['a reserved gateway', advertised({ reservations: [{ ...one, address: '2001:db8:1::1' }] }), "cannot be a guest's"],
  [
    'a reservation outside',
    advertised({ reservations: [{ ...one, address: '2001:db8:2::1' }] }),
    "cannot be a guest's",
  ],
  ['a gateway that is nowhere', { ...spec, gateway: '2001:db8:9::1' }, 'no public interface'],
])('refuses %s', (_, ipv6, message) => {
  const wrong = Ipv6Spec.parse(ipv6)
  expect(() => service?.validate?.(wrong, wholeOf({ ...baseSpec, ipv6: wrong }))).toThrow(message)
})

test.each([
  { ...spec, gateway: '2001:db8:ff::1\nroute add default via fe80::bad' },
  { ...spec, gateway: '2001:DB8:FF::1' },
  advertised({ search: ['cs1.internal;\n};\ninterface eth0 {'] }),
  advertised({ nameservers: ['2001:db8:1::1 {};'] }),
  advertised({ reservations: [{ ...one, duid: '00", "x": "' }] }),
])('the schema refuses %#', (wrong) => {
  expect(Ipv6Spec.safeParse(wrong).success).toBe(false)
})
