import { configText, linesOf } from '@sysvm/router/routing/config'
import { changeCommands, readConfig } from '@sysvm/router/routing/diff'
import { routing } from '@sysvm/router/routing/index'
import { type BgpSpec, RoutingSpec } from '@sysvm/router/routing/spec'
import { readPeers } from '@sysvm/router/routing/state'
import { routeLines } from '@sysvm/router/routing/static'
import { masked, readReplies } from '@sysvm/router/routing/vty'
import { describe, expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from './whole.ts'

const bgpOf = (change: object = {}): BgpSpec => {
  const { bgp } = RoutingSpec.parse({
    bgp: {
      asn: 4_200_000_001,
      routerId: '198.51.100.5',
      advertise: ['10.1.1.0/24', '2001:db8:1::/64'],
      peers: [
        { address: '198.51.100.1', asn: 65_000, password: 's3cret!', holdSeconds: 9 },
        { address: '198.51.100.2', asn: 4_200_000_001, import: 'none' },
        { address: '2001:db8::1', asn: 65_000, multihop: 3, import: 'all', maximumPrefixes: 5 },
      ],
      ...change,
    },
  })
  if (bgp === undefined) throw new Error('no bgp')
  return bgp
}

/** What FRR says it runs is what it was told. */
const running = (spec: BgpSpec) => readConfig(configText(spec))

test('bgpd is configured to the letter', () => {
  expect(configText(bgpOf())).toBe(golden('bgpd.conf'))
})

test('the file is for FRR alone, and peers alone reach the port', () => {
  const rendered = routing.render({ static: [], bgp: bgpOf() }, wholeOf(baseSpec))
  expect(rendered.files).toMatchObject([{ path: 'routing/bgpd.conf', secret: true, group: 'frr' }])
  expect(rendered.ruleset?.tables[0]?.sets).toEqual([
    { name: 'bgp_peers', key: ['ipv4_addr'], elements: ['198.51.100.1', '198.51.100.2'] },
    { name: 'bgp_peers6', key: ['ipv6_addr'], elements: ['2001:db8::1'] },
  ])
})

describe('a running bgpd', () => {
  const change = (from: BgpSpec, to: BgpSpec) => changeCommands(running(from), linesOf(to))

  test('is told nothing when nothing differs', () => {
    expect(change(bgpOf(), bgpOf())).toEqual([])
  })

  test('numbers of its own in lists do not matter', () => {
    const text = configText(bgpOf()).replaceAll(/prefix-list (\S+) (permit|deny)/g, 'prefix-list $1 seq 5 $2')
    expect(changeCommands(readConfig(text), linesOf(bgpOf()))).toEqual([])
  })

  test('gets a password for one peer and nothing else', () => {
    const [first, ...others] = bgpOf().peers
    expect(change(bgpOf(), bgpOf({ peers: [{ ...first, password: 'other' }, ...others] }))).toEqual([
      'router bgp 4200000001',
      'neighbor 198.51.100.1 password other',
    ])
    expect(change(bgpOf(), bgpOf({ peers: [{ ...first, password: undefined }, ...others] }))).toEqual([
      'router bgp 4200000001',
      'no neighbor 198.51.100.1 password',
    ])
  })

  test('loses a peer by one word', () => {
    const [first, , third] = bgpOf().peers
    expect(change(bgpOf(), bgpOf({ peers: [first, third] }))).toEqual([
      'router bgp 4200000001',
      'no neighbor 198.51.100.2',
    ])
  })

  test('withdraws a network before its list forgets it, and tells one after its list knows it', () => {
    expect(change(bgpOf(), bgpOf({ advertise: ['10.1.2.0/24', '2001:db8:1::/64'] }))).toEqual([
      'router bgp 4200000001',
      'address-family ipv4 unicast',
      'no network 10.1.1.0/24',
      'exit-address-family',
      'exit',
      'ip prefix-list out permit 10.1.2.0/24',
      'no ip prefix-list out permit 10.1.1.0/24',
      'router bgp 4200000001',
      'address-family ipv4 unicast',
      'network 10.1.2.0/24',
    ])
  })

  test('another import is another list of the same peer', () => {
    const [first, ...others] = bgpOf().peers
    expect(change(bgpOf(), bgpOf({ peers: [{ ...first, import: 'all' }, ...others] }))).toEqual([
      'router bgp 4200000001',
      'address-family ipv4 unicast',
      'neighbor 198.51.100.1 prefix-list in-all in',
    ])
  })
})

test('answers of the vty are parted by their status', () => {
  expect(readReplies('\0\0\0\0one\n\0\0\0\0% Unknown\n\0\0\0\x02')).toEqual([
    { text: '', status: 0 },
    { text: 'one\n', status: 0 },
    { text: '% Unknown\n', status: 2 },
  ])
  expect(masked('neighbor 198.51.100.1 password s3cret!\nmore')).toBe('neighbor 198.51.100.1 password ***\nmore')
})

test('sessions are read from both families', () => {
  const peer = { remoteAs: 65_000, state: 'Established', peerUptimeMsec: 61_500, pfxRcd: 1, pfxSnt: 2 }
  const text = JSON.stringify({
    ipv4Unicast: { peers: { '198.51.100.1': peer } },
    ipv6Unicast: { peers: { '2001:db8::1': { remoteAs: 65_000, state: 'Active', connectionsDropped: 3 } } },
  })
  expect(readPeers(text)).toEqual([
    {
      address: '198.51.100.1',
      asn: 65_000,
      state: 'Established',
      establishedSeconds: 61,
      prefixesReceived: 1,
      prefixesSent: 2,
      drops: 0,
    },
    {
      address: '2001:db8::1',
      asn: 65_000,
      state: 'Active',
      establishedSeconds: 0,
      prefixesReceived: 0,
      prefixesSent: 0,
      drops: 3,
    },
  ])
  expect(readPeers('{}')).toEqual([])
})

test('static routes become those of the spec, and the default stays', () => {
  const live = [
    { dst: 'default', gateway: '198.51.100.1' },
    { dst: '192.0.2.0/24', gateway: '198.51.100.1' },
    { dst: '192.0.3.7', gateway: '10.1.1.10' },
  ]
  expect(
    routeLines(
      [
        { network: '192.0.3.7/32', via: '10.1.1.10' },
        { network: '192.0.2.0/24', via: '198.51.100.2' },
      ],
      live,
    ),
  ).toEqual(['route replace 192.0.2.0/24 via 198.51.100.2 proto static'])
  expect(routeLines([], live)).toEqual([
    'route delete 192.0.2.0/24 proto static',
    'route delete 192.0.3.7/32 proto static',
  ])
})

describe('refuses', () => {
  const via = '198.51.100.1'
  test.each([
    [{ static: [{ network: '0.0.0.0/0', via }] }, 'The default route is'],
    [{ static: [{ network: '192.0.2.1/24', via }] }, 'has host bits'],
    [{ static: [{ network: '169.254.3.0/24', via }] }, "the control network's packets"],
    [{ static: [{ network: '10.1.1.0/24', via }] }, 'is not needed'],
    [{ static: [{ network: '192.0.2.0/24', via: '192.0.9.1' }] }, 'is on the network of no interface'],
    [{ static: [{ network: '192.0.2.0/24', via: '169.254.0.1' }] }, 'is on the network of no interface'],
    [{ static: [{ network: '2001:db8::/64', via }] }, 'mixes IPv4 and IPv6'],
    [
      {
        static: [
          { network: '192.0.2.0/24', via },
          { network: '192.0.2.0/24', via },
        ],
      },
      'Two static routes',
    ],
    [{ bgp: bgpOf({ advertise: ['10.1.1.1/24'] }) }, 'is not a network that BGP may advertise'],
    [{ bgp: bgpOf({ peers: [{ address: '192.0.9.1', asn: 65_000 }] }) }, 'give it multihop'],
    [{ bgp: bgpOf({ advertise: ['10.1.1.0/24', '10.1.1.0/24'] }) }, 'is given twice'],
  ])('%j', (spec, words) => {
    expect(() => routing.validate?.(RoutingSpec.parse(spec), wholeOf(baseSpec))).toThrow(words)
  })

  test.each([
    [{ password: 'two words' }],
    [{ password: 'a"b' }],
    [{ password: 'line\nrouter bgp 1' }],
    [{ password: '!comment' }],
    [{ password: '' }],
    [{ asn: 0 }],
    [{ asn: 23_456 }],
    [{ asn: 4_294_967_295 }],
    [{ address: '198.51.100.1 remote-as 1' }],
    [{ holdSeconds: 1 }],
    [{ multihop: 256 }],
  ])('a peer with %j', (change) => {
    const peer = { address: '198.51.100.1', asn: 65_000, ...change }
    const bgp = { asn: 65_001, routerId: '198.51.100.5', advertise: [], peers: [peer] }
    expect(RoutingSpec.safeParse({ bgp }).success).toBe(false)
  })
})
