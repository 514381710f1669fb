import type { Drift, ExplainRequest, Explanation, HealthReport } from '@sysvm/agent/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proveGuard } from './guarded.ts'
import { createLab, type Lab } from './lab.ts'
import { type RealRouter, realSpec, startRealRouter } from './real-router.ts'
import { baseSpec } from './router/spec.ts'

const ids = {
  web: '11111111-0000-4000-8000-000000000001',
  admin: '11111111-0000-4000-8000-000000000002',
  mail: '11111111-0000-4000-8000-000000000003',
  forward: '11111111-0000-4000-8000-000000000004',
  fixed: '11111111-0000-4000-8000-000000000005',
  web6: '11111111-0000-4000-8000-000000000006',
  ping6: '11111111-0000-4000-8000-000000000007',
  clients: '11111111-0000-4000-8000-000000000008',
  asked: '11111111-0000-4000-8000-000000000009',
  balanced: '11111111-0000-4000-8000-00000000000a',
  spread: '11111111-0000-4000-8000-00000000000b',
  empty: '11111111-0000-4000-8000-00000000000c',
  aclIn: '11111111-0000-4000-8000-00000000000d',
  aclBalanced: '11111111-0000-4000-8000-00000000000e',
  aclMail: '11111111-0000-4000-8000-00000000000f',
  aclOut: '11111111-0000-4000-8000-000000000010',
}

const balanced = { device: 'eth1', address: '198.51.100.6', algorithm: 'roundrobin', check: { kind: 'none' } } as const
const member = { address: '10.1.1.10', port: 53 } as const

const services = {
  ...baseSpec,
  interfaces: {
    ...baseSpec.interfaces,
    interfaces: baseSpec.interfaces.interfaces.map((nic) =>
      nic.role === 'public'
        ? { ...nic, addresses: ['198.51.100.5/24', '198.51.100.6/24', '198.51.100.7/24'] }
        : { ...nic, addresses: [...nic.addresses] },
    ),
  },
  nat: {
    source: [...baseSpec.nat.source],
    static: [{ id: ids.fixed, address: '198.51.100.7', guest: '10.1.1.11' }],
    forwards: [
      { id: ids.forward, address: '198.51.100.6', protocol: 'tcp', port: 8080, guest: '10.1.1.10', guestPort: 80 },
      { address: '198.51.100.6', protocol: 'tcp', port: 22, guest: '10.1.1.10' },
    ],
  },
  firewall: {
    egress: 'allow',
    addresses: [
      {
        address: '198.51.100.6',
        rules: [
          { id: ids.web, protocol: 'tcp', ports: [8000, 8100] },
          { id: ids.admin, protocol: 'tcp', ports: [22, 22], sources: ['203.0.113.0/24'] },
          { id: ids.clients, protocol: 'tcp', ports: [8443, 8443] },
          { id: ids.asked, protocol: 'udp', ports: [5353, 5354] },
        ],
      },
      { address: '198.51.100.7', rules: [] },
    ],
    networks: [
      {
        device: 'eth1',
        egress: { rules: [{ id: ids.mail, action: 'deny', protocol: 'tcp', ports: [25, 25] }], otherwise: 'allow' },
        ingress: {
          rules: [
            { id: ids.web6, protocol: 'tcp', ports: [80, 80], sources: ['2001:db8:ee::/48'] },
            { id: ids.ping6, protocol: 'icmpv6', icmp: { type: 128 } },
          ],
          otherwise: 'deny',
        },
      },
    ],
  },
}

/** IPv6 and load balancing, whose daemons an emulated machine is spared. */
const moreServices = {
  ipv6: {
    interfaces: [
      { device: 'eth1', addresses: ['2001:db8:1::1/64'] },
      { device: 'eth2', addresses: ['2001:db8:ff::5/64'] },
    ],
    gateway: '2001:db8:ff::1',
  },
  loadbalancer: {
    rules: [
      { ...balanced, id: ids.balanced, port: 8443, protocol: 'tcp', members: [{ id: 'm1', ...member }] },
      { ...balanced, id: ids.spread, port: 5353, protocol: 'udp', members: [{ id: 'm1', ...member }] },
      { ...balanced, id: ids.empty, port: 5354, protocol: 'udp', members: [] },
    ],
  },
}
type Services = Parameters<typeof realSpec>[0]

/** The same router as a VPC's, whose tier has an ACL. */
const aclServices = {
  firewall: { egress: 'allow' },
  acl: {
    devices: [
      {
        device: 'eth1',
        ingress: {
          rules: [
            { id: ids.aclIn, number: 10, protocol: 'tcp', ports: [80, 80] },
            { id: ids.aclBalanced, number: 20, protocol: 'tcp', ports: [8443, 8443], sources: ['203.0.113.0/24'] },
          ],
          otherwise: 'deny',
        },
        egress: {
          rules: [
            { id: ids.aclMail, number: 10, action: 'deny', protocol: 'tcp', ports: [25, 25] },
            { id: ids.aclOut, number: 20, protocol: 'all' },
          ],
          otherwise: 'deny',
        },
      },
    ],
  },
} as const

type Row = [string, [string, string, ExplainRequest['protocol'], number?], Partial<Explanation>]

const more: readonly Row[] = [
  [
    'to a load balancer of datagrams is sent on to a member',
    ['203.0.113.9', '198.51.100.6', 'udp', 5353],
    { verdict: 'forwarded', id: ids.spread, says: expect.stringContaining('to 10.1.1.10:53.') },
  ],
  [
    'of IPv6 is let in by the rule that is about it',
    ['2001:db8:ee::9', '2001:db8:1::10', 'tcp', 80],
    { verdict: 'forwarded', device: 'eth2', id: ids.web6 },
  ],
  [
    'of ICMPv6 is let in by its rule',
    ['2001:db8:ef::9', '2001:db8:1::10', 'icmp'],
    { verdict: 'forwarded', id: ids.ping6 },
  ],
  [
    'of IPv6 from a guest that a rule denies is dropped by it',
    ['2001:db8:1::10', '2001:db8:ee::9', 'tcp', 25],
    { verdict: 'dropped', device: 'eth1', id: ids.mail },
  ],
  [
    'to a load balancer is taken by its rule',
    ['203.0.113.9', '198.51.100.6', 'tcp', 8443],
    { verdict: 'delivered', id: ids.balanced, service: 'loadbalancer' },
  ],
  [
    'to a load balancer of datagrams without a member is dropped by it',
    ['203.0.113.9', '198.51.100.6', 'udp', 5354],
    { verdict: 'dropped', id: ids.empty, says: `No member of load balancing rule ${ids.empty} serves.` },
  ],
  [
    'of IPv6 from any other source is dropped, because no rule allows it',
    ['2001:db8:ef::9', '2001:db8:1::10', 'tcp', 80],
    { verdict: 'dropped', says: expect.stringContaining('No rule of the ingress of eth1') },
  ],
  [
    'of IPv6 from a guest goes out as it is',
    ['2001:db8:1::10', '2001:db8:ee::9', 'udp', 53],
    {
      verdict: 'forwarded',
      says: 'The router sends it out by eth2, from 2001:db8:1::10 to [2001:db8:ee::9]:53.',
    },
  ],
  [
    'of IPv6 to a port that the router does not serve is dropped',
    ['2001:db8:1::10', '2001:db8:1::1', 'tcp', 22],
    { verdict: 'dropped', says: 'The router offers nothing at that address and port.' },
  ],
]

/** What becomes of packets, told by the kernel of a real machine. */
describe('explanations', () => {
  const spec = realSpec({ ...services, ...moreServices } as unknown as Services)
  let lab: Lab
  let router: RealRouter

  const explain = (source: string, destination: string, protocol: ExplainRequest['protocol'], port?: number) =>
    router.ask<Explanation>('POST', '/v1/explain', {
      body: { kind: 'explain', source, destination, protocol, ...(port === undefined ? {} : { port }) },
    })

  beforeAll(async () => {
    lab = await createLab('explain')
    router = await startRealRouter(lab)
    await router.commit(spec)
  })
  afterAll(() => lab?.[Symbol.asyncDispose]())

  describe('a packet', () => {
    test.each<[string, Parameters<typeof explain>, Partial<Explanation>]>([
      [
        'to a forwarded port is let in by its firewall rule and sent on by its forwarding rule',
        ['203.0.113.9', '198.51.100.6', 'tcp', 8080],
        { verdict: 'forwarded', device: 'eth2', id: ids.forward, says: expect.stringContaining('10.1.1.10:80') },
      ],
      [
        'from an allowed source is let in',
        ['203.0.113.9', '198.51.100.6', 'tcp', 22],
        { verdict: 'forwarded', id: ids.admin },
      ],
      [
        'from any other source is dropped, because no rule allows it',
        ['192.0.2.9', '198.51.100.6', 'tcp', 22],
        {
          verdict: 'dropped',
          service: 'firewall',
          says: expect.stringContaining('No rule of the ingress of 198.51.100.6'),
        },
      ],
      [
        'of a protocol that no rule is about is dropped',
        ['203.0.113.9', '198.51.100.6', 'icmp'],
        { verdict: 'dropped', says: expect.stringContaining('No rule of the ingress') },
      ],
      [
        'from a guest that a rule denies is dropped by it',
        ['10.1.1.10', '203.0.113.9', 'tcp', 25],
        { verdict: 'dropped', device: 'eth1', id: ids.mail },
      ],
      [
        'from a guest goes out by source NAT',
        ['10.1.1.10', '203.0.113.9', 'udp', 53],
        { verdict: 'forwarded', says: 'The router sends it out by eth2, from 198.51.100.5 to 203.0.113.9:53.' },
      ],
      [
        'from a guest with static NAT goes out by its address',
        ['10.1.1.11', '203.0.113.9', 'icmp'],
        { verdict: 'forwarded', id: ids.fixed, says: expect.stringContaining('198.51.100.7') },
      ],
      ['of a guest to its DNS server is taken', ['10.1.1.10', '10.1.1.1', 'udp', 53], { verdict: 'delivered' }],
      [
        'of a guest to a port that the router does not serve is dropped',
        ['10.1.1.10', '10.1.1.1', 'tcp', 22],
        { verdict: 'dropped', says: 'The router offers nothing at that address and port.' },
      ],
      [
        'to the control network is dropped',
        ['10.1.1.10', '169.254.0.1', 'tcp', 22],
        { verdict: 'dropped', says: expect.stringContaining('control network') },
      ],
      ...more,
    ])('%s', async (_, words, expected) => {
      expect(await explain(...words)).toMatchObject(expected)
    })

    test('tells every rule that it met', async () => {
      const { steps } = await explain('203.0.113.9', '198.51.100.6', 'tcp', 8080)
      expect(steps.filter(({ id }) => id).map(({ service, id }) => [service, id])).toEqual([
        ['firewall', ids.web],
        ['nat', ids.forward],
      ])
    })
  })

  test('its checks pass, and leave it as it is', async () => {
    const { checks } = await router.ask<HealthReport>('POST', '/v1/checks', { body: {} })
    expect(checks.filter(({ success }) => !success)).toEqual([])
    expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['dhcp.use', 'nat.use']))
    expect(await router.ask<Drift>('GET', '/v1/drift')).toMatchObject({ differences: [] })
  })

  test('its host drops what a nic may not send, as soon as it says which addresses it has', () => proveGuard(router))

  test('an explanation leaves nothing: no device, no table, no connection, no packet', async () => {
    const before = await router.inside('ip -o link | cut -d: -f2; nft list tables; ip -o address; ip route')
    await router.inside('conntrack --flush 2>/dev/null')
    const sent = (text: string) => /TX:.*\n +\d+ +(\d+)/.exec(text)?.[1]
    const stats = () => router.inside('ip -s link show eth2')
    const packets = sent(await stats())
    await explain('10.1.1.10', '203.0.113.9', 'tcp', 80)
    expect(await router.inside('ip -o link | cut -d: -f2; nft list tables; ip -o address; ip route')).toBe(before)
    expect(await router.inside('conntrack -L 2>/dev/null | grep 203.0.113.9 || :')).toBe('')
    expect(sent(await stats())).toBe(packets)
    expect(await router.ask<Drift>('GET', '/v1/drift')).toMatchObject({ differences: [] })
  })

  test.each([
    ['no port', { source: '10.1.1.10', destination: '203.0.113.9', protocol: 'tcp' }, /port/],
    ['a port for icmp', { source: '10.1.1.10', destination: '203.0.113.9', protocol: 'icmp', port: 1 }, /port/],
    ['a source that is none', { source: '10.1.1.10; reboot', destination: '203.0.113.9', protocol: 'icmp' }, /source/],
    ['an option as destination', { source: '10.1.1.10', destination: '-h', protocol: 'icmp' }, /destination/],
    [
      'two families',
      { source: '10.1.1.10', destination: '2001:db8::1', protocol: 'icmp' },
      /destination.*not of the same family/,
    ],
    ['a link-local source', { source: 'fe80::1', destination: '2001:db8::1', protocol: 'icmp' }, /source.*link-local/],
    ["the router's own source", { source: '10.1.1.1', destination: '203.0.113.9', protocol: 'icmp' }, /own address/],
  ])('refuses %s', async (_, body, said) => {
    await expect(router.ask('POST', '/v1/explain', { body: { kind: 'explain', ...body } })).rejects.toThrow(said)
  })

  test("refuses the router's own IPv6 source", async () => {
    await expect(explain('2001:db8:1::1', '2001:db8::1', 'icmp')).rejects.toThrow(/own address/)
  })

  describe('under the ACL of a tier, a packet', () => {
    beforeAll(() => router.commit({ ...spec, ...(aclServices as unknown as Services) }))

    test.each<[string, Parameters<typeof explain>, Partial<Explanation>]>([
      [
        'to a forwarded port is let in by the item about the port behind it',
        ['203.0.113.9', '198.51.100.6', 'tcp', 8080],
        { verdict: 'forwarded', id: ids.aclIn, service: 'acl' },
      ],
      [
        'that no item is about is dropped',
        ['203.0.113.9', '198.51.100.6', 'tcp', 22],
        { verdict: 'dropped', service: 'acl', says: expect.stringContaining('No rule of the ACL of eth1, ingress') },
      ],
      [
        'that an item denies is dropped by it',
        ['10.1.1.10', '203.0.113.9', 'tcp', 25],
        { verdict: 'dropped', service: 'acl', id: ids.aclMail },
      ],
      [
        'that an item allows goes out',
        ['10.1.1.10', '203.0.113.9', 'icmp'],
        { verdict: 'forwarded', service: 'acl', id: ids.aclOut },
      ],
      [
        'of IPv6 is let in by the same item',
        ['2001:db8:ee::9', '2001:db8:1::10', 'tcp', 80],
        { verdict: 'forwarded', service: 'acl', id: ids.aclIn },
      ],
      [
        'to a load balancer is dropped where the tier does not let its client in',
        ['192.0.2.9', '198.51.100.6', 'tcp', 8443],
        { verdict: 'dropped', service: 'acl', says: expect.stringContaining('No rule of the ACL of eth1, ingress') },
      ],
    ])('%s', async (_, words, expected) => {
      expect(await explain(...words)).toMatchObject(expected)
    })

    test('to a load balancer is taken where the tier lets its client in', async () => {
      const told = await explain('203.0.113.9', '198.51.100.6', 'tcp', 8443)
      expect(told).toMatchObject({ verdict: 'delivered', service: 'loadbalancer', id: ids.balanced })
      expect(told.steps.flatMap(({ id }) => id ?? [])).toContain(ids.aclBalanced)
    })
  })
})
