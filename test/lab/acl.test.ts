import type { Socket } from 'node:net'
import type { FilterListInput, FilterRuleInput } from '@sysvm/router/firewall/rule'
import { LoadBalancerSpec, type RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Namespace, serveHttp, until } from './index.ts'
import { patience } from './patience.ts'
import { fetchPage, pings, useAddress } from './router/guest.ts'
import { askUdp, serveUdp } from './router/members.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

/** A VPC: tiers 10.1.1.0/24 (eth1) and 10.1.2.0/24 (eth3), and a gateway (eth4) to 172.30.0.0/24. */
let topology: Topology
let web: Namespace
let data: Namespace
let site: Namespace
const [control, inner, outer] = baseSpec.interfaces.interfaces
const interfaces: RouterServices['interfaces'] = {
  ...baseSpec.interfaces,
  interfaces: [
    control,
    inner,
    outer,
    { device: 'eth3', mac: '02:00:0a:01:02:01', role: 'guest', addresses: ['10.1.2.1/24'] },
    { device: 'eth4', mac: '02:00:ac:1e:00:01', role: 'private', addresses: ['172.30.0.1/24'] },
  ],
}
const nat = {
  source: ['10.1.1.0/24', '10.1.2.0/24'].map((network) => ({ network, device: 'eth2', address: '198.51.100.5' })),
  forwards: [
    { address: '198.51.100.5', protocol: 'tcp', port: 8080, guest: '10.1.1.10', guestPort: 80 },
    { address: '198.51.100.5', protocol: 'tcp', port: 8082, guest: '10.1.2.10', guestPort: 80 },
  ],
} as const

const open: FilterListInput = { otherwise: 'allow' }
const shut: FilterListInput = { otherwise: 'deny' }
const list = (otherwise: 'allow' | 'deny', ...rules: readonly FilterRuleInput[]): FilterListInput => ({
  otherwise,
  rules: [...rules],
})
const allow = (rule: FilterRuleInput): FilterRuleInput => ({ ...rule, action: 'allow' })
const deny = (rule: FilterRuleInput): FilterRuleInput => ({ ...rule, action: 'deny' })
const http = { protocol: 'tcp', ports: [80, 80] } as const satisfies FilterRuleInput

interface Lists {
  readonly eth1?: readonly [ingress: FilterListInput, egress: FilterListInput]
  readonly eth3?: readonly [ingress: FilterListInput, egress: FilterListInput]
  readonly eth4?: readonly [ingress: FilterListInput, egress: FilterListInput]
}

const vpc = ({ eth1 = [open, open], eth3 = [open, open], eth4 = [open, open] }: Lists): RouterServices => ({
  interfaces,
  nat: { ...nat, static: [], forwards: [...nat.forwards] },
  firewall: {},
  acl: {
    devices: Object.entries({ eth1, eth3, eth4 }).map(([device, [ingress, egress]]) => ({ device, ingress, egress })),
  },
})

beforeAll(async () => {
  topology = await openTopology('acl')
  const { lab, router } = topology
  const [second, gateway] = await Promise.all(['data', 'site'].map((name) => lab.namespace(name)))
  if (second === undefined || gateway === undefined) throw new Error('lab')
  await lab.link({ at: router.netns, device: 'eth3', mac: '02:00:0a:01:02:01' }, { at: second, device: 'eth0' })
  await lab.link(
    { at: router.netns, device: 'eth4', mac: '02:00:ac:1e:00:01' },
    { at: gateway, device: 'eth0', address: '172.30.0.9/24' },
  )
  ;[data, site] = [second, gateway]
  web = await topology.guest('web', '02:00:00:00:00:01')
  await useAddress(web, '10.1.1.10/24')
  await useAddress(data, '10.1.2.10/24', '10.1.2.1')
  await site.ip(['route', 'replace', 'default', 'via', '172.30.0.1'])
  for (const [at, address] of [
    [web, '10.1.1.10'],
    [data, '10.1.2.10'],
    [site, '172.30.0.9'],
    [topology.outside, '198.51.100.1'],
  ] as const) {
    const page = await serveHttp(at, { address })
    lab.defer(() => page.close())
  }
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

const commit = (lists: Lists) => topology.router.commit(vpc(lists))
const gets = async (from: Namespace, url: string): Promise<boolean> =>
  (await fetchPage(from, `http://${url}/`)) !== undefined
const dropped = async (name: string): Promise<number> => {
  const counters = (await topology.router.state('firewall')) as Readonly<Record<string, { readonly packets: number }>>
  return counters[name]?.packets ?? 0
}
const answers = (held: Socket): Promise<boolean> =>
  new Promise((resolve) => {
    held.on('error', () => resolve(false))
    held.once('data', () => resolve(true))
    setTimeout(() => resolve(false), patience(1000))
    held.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  })

describe('ingress of a tier', () => {
  test('decides on translated connections by the port of the guest', async () => {
    await commit({ eth1: [shut, open] })
    const before = await dropped('acl_ingress_dropped')
    expect(await gets(topology.outside, '198.51.100.5:8080')).toBe(false)
    expect(await dropped('acl_ingress_dropped')).toBeGreaterThan(before)
    await commit({ eth1: [list('deny', allow({ protocol: 'tcp', ports: [8080, 8080] })), open] })
    expect(await gets(topology.outside, '198.51.100.5:8080')).toBe(false)
    await commit({ eth1: [list('deny', allow({ ...http, sources: ['198.51.100.0/24'] })), open] })
    expect(await gets(topology.outside, '198.51.100.5:8080')).toBe(true)
    // Answers to what the guests began themselves pass whatever the list says.
    expect(await gets(web, '198.51.100.1')).toBe(true)
    expect(await topology.router.drift()).toEqual([])
  })

  test('is read in its order', async () => {
    const [narrow, wide] = [{ ...http, sources: ['198.51.100.1/32'] }, { protocol: 'all' } as const]
    await commit({ eth1: [list('deny', deny(narrow), allow(wide)), open] })
    expect(await gets(topology.outside, '198.51.100.5:8080')).toBe(false)
    await commit({ eth1: [list('deny', allow(wide), deny(narrow)), open] })
    expect(await gets(topology.outside, '198.51.100.5:8080')).toBe(true)
  })
})

test('between tiers the egress of one and the ingress of the other decide', async () => {
  const web80: FilterRuleInput = { ...http, sources: ['10.1.1.0/24'] }
  await commit({})
  expect([await gets(web, '10.1.2.10'), await gets(data, '10.1.1.10')]).toEqual([true, true])
  await commit({ eth3: [list('deny', allow(web80)), shut] })
  expect([await gets(web, '10.1.2.10'), await gets(data, '10.1.1.10')]).toEqual([true, false])
  expect([await pings(web, '10.1.2.10'), await gets(topology.outside, '198.51.100.5:8082')]).toEqual([false, false])
  await commit({ eth1: [open, list('allow', deny({ ...http, destinations: ['10.1.2.0/24'] }))] })
  expect([await gets(web, '10.1.2.10'), await gets(data, '10.1.1.10')]).toEqual([false, true])
  expect(await gets(web, '198.51.100.1')).toBe(true)
})

test('egress of a tier decides on the way out', async () => {
  const before = await dropped('acl_egress_dropped')
  await commit({ eth1: [open, shut] })
  expect([await gets(web, '198.51.100.1'), await gets(data, '198.51.100.1')]).toEqual([false, true])
  expect(await dropped('acl_egress_dropped')).toBeGreaterThan(before)
  await commit({ eth1: [open, list('deny', allow({ protocol: 'icmp', icmp: { type: 8 } }))] })
  expect([await gets(web, '198.51.100.1'), await pings(web, '198.51.100.1')]).toEqual([false, true])
})

test('ingress of a private gateway is what comes in by it', async () => {
  await commit({})
  expect([await gets(site, '10.1.1.10'), await gets(web, '172.30.0.9')]).toEqual([true, true])
  await commit({ eth4: [shut, open] })
  expect([await gets(site, '10.1.1.10'), await gets(web, '172.30.0.9')]).toEqual([false, true])
  await commit({ eth4: [open, list('deny', allow({ ...http, sources: ['10.1.2.0/24'] }))] })
  expect([await gets(web, '172.30.0.9'), await gets(data, '172.30.0.9')]).toEqual([false, true])
  // It is no way to the internet.
  expect(await gets(site, '198.51.100.1')).toBe(false)
})

describe('a load balancer on the router', () => {
  const rules = [
    { id: 'outer', device: 'eth1', address: '198.51.100.5', port: 9090 },
    { id: 'inner', device: 'eth3', address: '10.1.2.1', port: 9091 },
    { id: 'beside', device: 'eth3', address: '10.1.1.1', port: 9092 },
  ].map((rule, index) => ({
    ...rule,
    protocol: 'tcp' as const,
    algorithm: 'roundrobin' as const,
    check: { kind: 'none' as const },
    members: [{ id: 'm', address: index === 0 ? '10.1.1.10' : '10.1.2.10', port: 80 }],
  }))
  const datagrams = {
    ...{ id: 'datagrams', device: 'eth1', address: '198.51.100.5', port: 9093, protocol: 'udp' },
    ...{ algorithm: 'roundrobin', check: { kind: 'none' }, members: [{ id: 'm', address: '10.1.1.10', port: 5300 }] },
  }
  const balanced = (lists: Lists) =>
    topology.router.commit({ ...vpc(lists), loadbalancer: LoadBalancerSpec.parse({ rules: [...rules, datagrams] }) })
  const on = (port: number): FilterRuleInput => ({ protocol: 'tcp', ports: [port, port] })

  test('is reached where ingress of the tier it balances allows its own port', async () => {
    await balanced({ eth1: [list('deny', allow(on(80))), open] })
    await until(
      'the balancer listens',
      async () => (await topology.router.effects.run(['ss', '-Hlnt', 'sport = :9090'])).stdout !== '',
    )
    expect(await gets(topology.outside, '198.51.100.5:9090')).toBe(false)
    await balanced({ eth1: [list('deny', allow(on(9090))), open] })
    expect(await gets(topology.outside, '198.51.100.5:9090')).toBe(true)
    await balanced({ eth1: [list('allow', deny({ ...on(9090), sources: ['198.51.100.0/24'] })), open] })
    expect(await gets(topology.outside, '198.51.100.5:9090')).toBe(false)
    expect(await topology.router.drift()).toEqual([])
  })

  test('is reached from another tier where egress of that allows it too', async () => {
    await balanced({})
    expect(await gets(web, '10.1.2.1:9091')).toBe(true)
    await balanced({ eth1: [open, list('allow', deny(on(9091)))] })
    expect(await gets(web, '10.1.2.1:9091')).toBe(false)
    await balanced({ eth3: [list('deny', allow(on(80))), open] })
    expect(await gets(web, '10.1.2.1:9091')).toBe(false)
  })

  test('whose address is of the tier of its clients is governed by both tiers too', async () => {
    await balanced({ eth3: [list('deny', allow({ ...on(9092), sources: ['10.1.1.0/24'] })), shut] })
    expect([await gets(web, '10.1.1.1:9092'), await gets(web, '10.1.2.1:9091')]).toEqual([true, false])
    await balanced({ eth1: [shut, list('allow', deny(on(9092)))] })
    expect(await gets(web, '10.1.1.1:9092')).toBe(false)
    await balanced({ eth3: [shut, open] })
    expect(await gets(web, '10.1.1.1:9092')).toBe(false)
  })

  test('of datagrams is governed by the port of the member', async () => {
    const udp = (...ports: readonly number[]): Lists => ({
      eth1: [list('deny', ...ports.map((port) => allow({ protocol: 'udp', ports: [port, port] }))), open],
    })
    const shutMember = await serveUdp(web, '10.1.1.10', 5300, 'web')
    const asked = (port: number) => askUdp(topology.outside, { address: '198.51.100.1', port }, '198.51.100.5', 9093)
    await balanced(udp(9093))
    expect(await asked(20_001)).toBeUndefined()
    await balanced(udp(5300))
    expect(await asked(20_002)).toBe('web')
    // A flow that the list no longer allows ends.
    await balanced(udp())
    expect(await asked(20_002)).toBeUndefined()
    shutMember()
  })

  test('gives up the clients that a changed list no longer allows', async () => {
    await balanced({})
    const held = await topology.outside.connect('198.51.100.5', 9090)
    expect(await answers(held)).toBe(true)
    await balanced({ eth1: [shut, open] })
    expect(await answers(held)).toBe(false)
    held.destroy()
  })
})

test('connections that a changed list no longer allows end, and no others', async () => {
  await commit({})
  const [tiers, published, out] = await Promise.all([
    data.connect('10.1.1.10', 80),
    topology.outside.connect('198.51.100.5', 8080),
    web.connect('198.51.100.1', 80),
  ])
  for (const held of [tiers, published, out]) expect(await answers(held)).toBe(true)
  expect(await commit({ eth1: [list('allow', deny({ ...http, sources: ['10.1.2.0/24'] })), open] })).toMatchObject([
    { target: 'ingress ACL of eth1', dropsFlows: true },
  ])
  expect([await answers(tiers), await answers(published), await answers(out)]).toEqual([false, true, true])
  await commit({ eth1: [shut, open] })
  expect([await answers(published), await answers(out)]).toEqual([false, true])
  await commit({ eth1: [shut, shut] })
  expect(await answers(out)).toBe(false)
  for (const held of [tiers, published, out]) held.destroy()
})

test.each<readonly [string, RouterServices['acl'], string]>([
  [
    'an ACL of a public interface',
    { devices: [{ device: 'eth2', ingress: open, egress: open }] },
    'eth2, which is no guest',
  ],
  [
    'two ACLs of one tier',
    { devices: [1, 2].map(() => ({ device: 'eth1', ingress: open, egress: open })) },
    'eth1 has two ACLs',
  ],
])('%s is refused', async (_, acl, message) => {
  await expect(topology.router.commit({ ...vpc({}), ...(acl === undefined ? {} : { acl }) })).rejects.toThrow(message)
})
