import { routerServices } from '@sysvm/router'
import { convergeCommands, releaseCommands } from '@sysvm/router/interfaces/converge'
import type { Link } from '@sysvm/router/interfaces/live'
import { heldStill, leftLinks, staleCommands } from '@sysvm/router/interfaces/shared'
import { conntrackdText } from '@sysvm/router/redundancy/conntrackd'
import { flowsOf } from '@sysvm/router/redundancy/flows'
import { redundancy } from '@sysvm/router/redundancy/index'
import { keepalivedText } from '@sysvm/router/redundancy/keepalived'
import { pinCommands } from '@sysvm/router/redundancy/neighbour'
import { roleOf, whilePrimary } from '@sysvm/router/redundancy/role'
import { misplaced, sharedOf } from '@sysvm/router/redundancy/shared'
import { RedundancySpec } from '@sysvm/router/redundancy/spec'
import { routeLines } from '@sysvm/router/routing/static'
import type { RouterServices } from '@sysvm/router/spec'
import { compile } from 'node-iptables'
import { describe, expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from './whole.ts'

const [control, guest, outer] = baseSpec.interfaces.interfaces
const PEER_MAC = '02:00:0a:01:01:02'
const spec = RedundancySpec.parse({
  device: 'eth1',
  peer: { address: '10.1.1.3', mac: PEER_MAC },
  rank: 'first',
})
const servicesOf = (change: Partial<RouterServices> = {}): RouterServices => ({
  ...(baseSpec as unknown as RouterServices),
  interfaces: {
    gateway: '198.51.100.1',
    interfaces: [control, { ...guest, own: ['10.1.1.2/24'] }, { ...outer, own: [] }],
  } as unknown as RouterServices['interfaces'],
  redundancy: spec,
  ...change,
})
const whole = wholeOf(servicesOf())
const { interfaces } = servicesOf()

test('keepalived and conntrackd are configured to the letter', () => {
  expect(keepalivedText(spec, whole)).toBe(golden('keepalived.conf'))
  expect(conntrackdText(spec, whole)).toBe(golden('conntrackd.conf'))
})

test('the second yields, advertises as often as it is told to, and has a way out by each uplink', () => {
  const nics = [
    control,
    { ...guest, own: ['10.1.1.2/24'] },
    { ...outer, addresses: [...outer.addresses, '203.0.113.5/24'], own: [], gateways: ['203.0.113.1'] },
  ] as unknown as RouterServices['interfaces']['interfaces']
  const text = keepalivedText(
    { ...spec, rank: 'second', advertMs: 250 },
    wholeOf(servicesOf({ interfaces: { gateway: '198.51.100.1', interfaces: nics } })),
  )
  expect(text).toContain('  priority 253\n  advert_int 0.25\n')
  expect(text).toContain(
    '  virtual_routes {\n' +
      '    default via 198.51.100.1 dev eth2\n' +
      '    default via 198.51.100.1 dev eth2 table 3325256705\n' +
      '    default via 203.0.113.1 dev eth2 table 3405803777\n' +
      '  }\n',
  )
})

test('a static route whose next hop neither router has an address beside moves with the addresses', () => {
  const routing = { static: [{ network: '10.9.0.0/16', via: '198.51.100.7', shared: true as const }] }
  expect(keepalivedText(spec, wholeOf(servicesOf({ routing })))).toContain(
    '    10.9.0.0/16 via 198.51.100.7 dev eth2\n',
  )
  expect(routeLines(routing.static, [])).toEqual([])
  // What it had when it served alone stays until keepalived has it.
  const had = (gateway: string) => routeLines(routing.static, [{ dst: '10.9.0.0/16', gateway }])
  expect(had('198.51.100.7')).toEqual([])
  expect(had('198.51.100.8')).toEqual(['route delete 10.9.0.0/16 proto static'])
})

test('the peer is heard by address and MAC address, and never as a connection of before', () => {
  expect(compile(redundancy.render(spec, whole).ruleset ?? { tables: [] })).toContain(`  chain source_services {
    iifname "eth1" ip daddr 10.1.1.2 meta l4proto 112 notrack
    iifname "eth1" ip daddr 10.1.1.2 udp dport 3780 notrack
    iifname "eth1" ip daddr 10.1.1.2 tcp dport 3781 notrack
  }
  chain input_services {
    iifname "eth1" ether saddr ${PEER_MAC} ip saddr 10.1.1.3 ip daddr 10.1.1.2 meta l4proto 112 accept
    iifname "eth1" ether saddr ${PEER_MAC} ip saddr 10.1.1.3 ip daddr 10.1.1.2 udp dport 3780 accept
    iifname "eth1" ether saddr ${PEER_MAC} ip saddr 10.1.1.3 ip daddr 10.1.1.2 tcp dport 3781 accept
  }`)
})

test('the peer is at the MAC address of the spec, and nobody else is pinned', () => {
  const peer = { dst: '10.1.1.3', lladdr: PEER_MAC }
  expect(pinCommands(spec, [peer])).toEqual([])
  expect(pinCommands(spec, [{ ...peer, lladdr: '02:00:00:00:00:66' }, { dst: '10.1.1.9' }])).toEqual([
    'neighbour del 10.1.1.9 dev eth1',
    `neighbour replace 10.1.1.3 lladdr ${PEER_MAC} dev eth1 nud permanent`,
  ])
})

const link = (ifname: string, mac: string, addresses: readonly string[], flags = ['UP']): Link => ({
  ifname,
  address: mac,
  mtu: 1500,
  flags,
  addr_info: addresses.map((cidr) => {
    const [local = '', length] = cidr.split('/')
    return { family: 'inet', local, prefixlen: Number(length) }
  }),
})
const HOSTS = ['10.1.1.1/32', '169.254.169.254/32', '198.51.100.5/32']
const liveOf = (
  lo: readonly string[],
  inner: readonly string[],
  outside: readonly string[],
  defaults: readonly object[] = [],
) => ({
  links: [
    link('lo', '00:00:00:00:00:00', ['127.0.0.1/8', ...lo]),
    link('eth0', control.mac, ['169.254.1.2/16']),
    link('eth1', guest.mac, inner),
    link('eth2', outer.mac, outside),
  ],
  defaults,
})

describe('the devices', () => {
  const backup = liveOf(HOSTS, ['10.1.1.2/24'], [])
  const primary = liveOf(
    HOSTS,
    ['10.1.1.2/24', '169.254.169.254/32', '10.1.1.1/24'],
    ['198.51.100.5/24'],
    [{ gateway: '198.51.100.1', protocol: 'keepalived' }],
  )

  test('are as they should be in either role', () => {
    expect(convergeCommands(interfaces, backup)).toEqual([])
    expect(convergeCommands(interfaces, primary)).toEqual([])
  })

  test('of a bare machine get what is its own, and the shared addresses where no network sees them', () => {
    expect(convergeCommands(interfaces, liveOf([], [], []))).toEqual([
      'address add 10.1.1.2/24 dev eth1',
      'address add 10.1.1.1/32 dev lo',
      'address add 169.254.169.254/32 dev lo',
      'address add 198.51.100.5/32 dev lo',
    ])
  })

  test('keep an address that left the spec until keepalived has let go of it', () => {
    const before = liveOf([...HOSTS, '198.51.100.9/32'], ['10.1.1.2/24'], ['198.51.100.5/24'])
    expect(convergeCommands(interfaces, before)).toEqual([])
    expect(staleCommands(interfaces, before)).toEqual(['address del 198.51.100.9/32 dev lo'])
    expect(heldStill(interfaces, liveOf(HOSTS, ['10.1.1.2/24'], ['198.51.100.9/24']))).toEqual(['198.51.100.9/24'])
    expect(heldStill(interfaces, primary)).toEqual([])
  })

  test('keep their addresses when one router becomes one of two, and when two become one', () => {
    const single = baseSpec.interfaces as unknown as RouterServices['interfaces']
    const live = liveOf([], ['10.1.1.1/24', '169.254.169.254/32'], ['198.51.100.5/24'])
    expect(releaseCommands(single, interfaces, live)).toEqual([])
    expect(releaseCommands(interfaces, single, live)).toEqual([])
    expect(convergeCommands(interfaces, live)).toEqual([
      'address add 10.1.1.2/24 dev eth1',
      ...['10.1.1.1/32', '169.254.169.254/32', '198.51.100.5/32'].map((address) => `address add ${address} dev lo`),
    ])
    expect(convergeCommands(single, primary)).toEqual([
      'address del 10.1.1.2/24 dev eth1',
      ...HOSTS.map((address) => `address del ${address} dev lo`),
    ])
    // A device that leaves two routers stays until keepalived has let go of it.
    const fewer = { ...interfaces, interfaces: interfaces.interfaces.slice(0, 2) }
    expect(releaseCommands(interfaces, fewer, live)).toEqual([])
    expect(leftLinks(fewer, live).map(({ ifname }) => ifname)).toEqual(['eth2'])
    expect(leftLinks(interfaces, live)).toEqual([])
    expect(convergeCommands(single, backup)).toContain('address del 10.1.1.1/32 dev lo')
  })

  test('lose the shared addresses with the whole service', () => {
    expect(releaseCommands(interfaces, undefined, primary)).toEqual([
      'address flush dev eth1',
      'link set dev eth1 down',
      'address flush dev eth2',
      'link set dev eth2 down',
      ...HOSTS.map((address) => `address del ${address} dev lo`),
    ])
  })
})

describe('the role', () => {
  const shared = sharedOf(golden('keepalived.conf'))

  test("is in CloudStack's words", () => {
    expect(['MASTER\n', 'BACKUP\n', 'FAULT\n', 'STOP\n', undefined].map(roleOf)).toEqual([
      'PRIMARY',
      'BACKUP',
      'FAULT',
      'UNKNOWN',
      'UNKNOWN',
    ])
  })

  test('says where every shared address is', () => {
    const backup = liveOf(HOSTS, ['10.1.1.2/24'], [])
    expect(shared.map(({ cidr, device }) => `${cidr} ${device}`)).toEqual([
      '169.254.169.254/32 eth1',
      '10.1.1.1/24 eth1',
      '198.51.100.5/24 eth2',
    ])
    expect(misplaced('BACKUP', shared, backup)).toEqual([])
    expect(misplaced('FAULT', shared, liveOf(HOSTS, ['10.1.1.1/24'], []))).toEqual(['FAULT has 10.1.1.1/24 on eth1'])
    expect(misplaced('PRIMARY', shared, liveOf(HOSTS, ['10.1.1.1/24', '169.254.169.254/32'], []))).toEqual([
      'PRIMARY has no 198.51.100.5/24 on eth2',
    ])
    expect(misplaced('UNKNOWN', shared, backup)).toEqual(['keepalived has not taken a role'])
  })

  test('decides whether a service is tried as its users use it', async () => {
    const used: string[] = []
    const base = routerServices.find(({ name }) => name === 'dns')
    if (base === undefined) throw new Error('dns')
    const service = whilePrimary({ ...base, exercise: async () => void used.push('used') })
    const ask = async (role: string, services: RouterServices): Promise<number> => {
      const effects = { readFile: async () => role } as never
      await service.exercise?.({}, {} as never, effects, wholeOf(services))
      return used.splice(0).length
    }
    expect(await ask('MASTER', servicesOf())).toBe(1)
    expect(await ask('BACKUP', servicesOf())).toBe(0)
    const { redundancy: _, ...alone } = servicesOf()
    expect(await ask('BACKUP', alone as RouterServices)).toBe(1)
  })
})

test('connections that are kept are counted from what conntrackd says', () => {
  const section = (name: string, count: number): string =>
    `cache ${name}:\ncurrent active connections:\t\t          ${count}\nconnections created:\t\t 3\tfailed: 0\n`
  expect(flowsOf(`${section('internal', 7)}\n${section('external', 200)}`)).toEqual({ own: 7, peer: 200 })
  expect(flowsOf('cannot connect')).toBeUndefined()
})

describe('a change', () => {
  const change = (before: RedundancySpec | undefined, after: RedundancySpec | undefined, ...paths: string[]) =>
    redundancy
      .plan({ before, after, files: paths.map((path) => ({ path, before: 'a', after: 'b' })) })
      .map(({ verb, target, dropsFlows }) => `${verb} ${target}${dropsFlows ? ' drops flows' : ''}`)

  test('starts connections before roles, reloads what keeps its role, and stops both', () => {
    expect(change(undefined, spec)).toEqual(['start sysvm-conntrackd.service', 'start sysvm-keepalived.service'])
    expect(change(spec, spec, 'redundancy/keepalived.conf')).toEqual(['reload sysvm-keepalived.service'])
    expect(change(spec, spec, 'redundancy/conntrackd.conf')).toEqual(['restart sysvm-conntrackd.service'])
    expect(change(spec, spec)).toEqual([])
    expect(change(spec, undefined)).toEqual([
      'stop sysvm-conntrackd.service drops flows',
      'stop sysvm-keepalived.service drops flows',
    ])
  })

  test('of shared addresses leaves what the routers tell each other as it was', () => {
    const wider = { ...outer, addresses: [...outer.addresses, '198.51.100.9/24'], own: [] }
    const nics = [control, { ...guest, own: ['10.1.1.2/24'] }, wider] as never
    const after = wholeOf(servicesOf({ interfaces: { gateway: '198.51.100.1', interfaces: nics } }))
    expect(keepalivedText(spec, after).replace('    198.51.100.9/24 dev eth2\n', '')).toBe(keepalivedText(spec, whole))
    expect(conntrackdText(spec, after)).toBe(conntrackdText(spec, whole))
  })
})

describe('refused', () => {
  const refusal = (services: RouterServices): string => {
    try {
      for (const { name, schema, validate } of routerServices)
        if (services[name as keyof RouterServices] !== undefined)
          validate?.(schema.parse(services[name as keyof RouterServices]), wholeOf(services))
    } catch (error) {
      return (error as Error).message
    }
    return ''
  }
  const withNics = (inner: object, outside: object): RouterServices =>
    servicesOf({
      interfaces: {
        gateway: '198.51.100.1',
        interfaces: [control, { ...guest, ...inner }, { ...outer, ...outside }],
      } as unknown as RouterServices['interfaces'],
    })
  const own = { own: ['10.1.1.2/24'] }
  const none = { own: [] }
  const { redundancy: _, ...alone } = servicesOf()
  const cases: readonly (readonly [string, RouterServices, string])[] = [
    ['nothing', servicesOf(), ''],
    ['a device without own addresses', withNics(own, {}), 'eth2 has no own addresses beside the shared ones'],
    ['own addresses of a router that is alone', alone as RouterServices, 'but services.redundancy is missing'],
    ['an own address elsewhere', withNics(own, { own: ['192.0.2.2/24'] }), 'is in none of its networks'],
    ['an own address that is shared', withNics({ own: ['10.1.1.1/24'] }, none), '10.1.1.1 is given to two interfaces'],
    ['peers without an address there', withNics(none, none), 'the device has no address of its own'],
    ['another device', servicesOf({ redundancy: { ...spec, device: 'eth2' } }), 'there is no guest interface'],
    [
      'a peer elsewhere',
      servicesOf({ redundancy: { ...spec, peer: { ...spec.peer, address: '10.9.9.9' } } }),
      'is not on the network of 10.1.1.2/24',
    ],
    [
      'itself as peer',
      servicesOf({ redundancy: { ...spec, peer: { ...spec.peer, address: '10.1.1.2' } } }),
      'is an address of eth1 itself',
    ],
    [
      'its own MAC address as that of the peer',
      servicesOf({ redundancy: { ...spec, peer: { ...spec.peer, mac: guest.mac } } }),
      "The other router's MAC address is that of eth1 itself",
    ],
    [
      'IPv6',
      servicesOf({ ipv6: { interfaces: [{ device: 'eth1', addresses: ['2001:db8:1::1/64'] }] } as never }),
      'services.ipv6 does not go with',
    ],
    [
      'a static route by a shared network',
      servicesOf({ routing: { static: [{ network: '10.9.0.0/16', via: '198.51.100.7' }] } as never }),
      'is on no network in which the router has its own address',
    ],
    [
      'that the primary alone has',
      servicesOf({ routing: { static: [{ network: '10.9.0.0/16', via: '198.51.100.7', shared: true }] } as never }),
      '',
    ],
  ]

  test.each(cases)('%s', (_name, services, words) => {
    const message = refusal(services)
    if (words === '') expect(message).toBe('')
    else expect(message).toContain(words)
  })
})
