import { nat } from '@sysvm/router/nat/index'
import type { RouterServices } from '@sysvm/router/spec'
import { NatSpec } from '@sysvm/router/spec'
import fc from 'fast-check'
import { compile } from 'node-iptables'
import { describe, expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from './whole.ts'

type Nat = NonNullable<RouterServices['nat']>
type Forward = Nat['forwards'][number]

const [control, inner, outer] = baseSpec.interfaces.interfaces
/** Two uplinks with some addresses, two guest networks. */
const interfaces: RouterServices['interfaces'] = {
  interfaces: [
    control,
    inner,
    { ...outer, addresses: ['198.51.100.5/24', '198.51.100.6/24'], gateways: ['198.51.100.1'] },
    {
      device: 'eth3',
      mac: '02:00:00:00:03:00',
      role: 'public',
      addresses: ['203.0.113.5/24'],
      gateways: ['203.0.113.1'],
    },
    { device: 'eth4', mac: '02:00:00:00:04:00', role: 'guest', addresses: ['10.1.2.1/24'] },
    { device: 'eth5', mac: '02:00:00:00:05:00', role: 'private', addresses: ['172.16.0.2/24'] },
  ],
  gateway: '198.51.100.1',
}
const everything: Nat = {
  source: [
    { network: '10.1.1.0/24', device: 'eth2', address: '198.51.100.5' },
    { network: '10.1.2.0/24', device: 'eth3', address: '203.0.113.5' },
    { network: '10.1.2.0/24', device: 'eth5', address: '172.16.0.2' },
  ],
  static: [{ address: '203.0.113.5', guest: '10.1.1.9' }],
  forwards: [
    { address: '198.51.100.6', protocol: 'tcp', port: 80, guest: '10.1.1.10', guestPort: 8080 },
    { address: '198.51.100.6', protocol: 'tcp', port: 2000, endPort: 2009, guest: '10.1.1.10' },
    { address: '198.51.100.6', protocol: 'udp', port: 53, endPort: 54, guest: '10.1.2.10', guestPort: 5353 },
    {
      ...{ address: '198.51.100.6', protocol: 'tcp', port: 22, guest: '10.1.1.11' },
      sources: ['192.0.2.77/24', '192.0.2.0/25', '10.9.0.0/16'],
    },
    {
      ...{ address: '198.51.100.6', protocol: 'tcp', port: 3000, endPort: 3001, guest: '10.1.1.11' },
      sources: ['192.0.2.0/24'],
    },
  ],
}
const specOf = (change: Partial<Nat>): RouterServices => ({
  ...baseSpec,
  interfaces,
  nat: { ...everything, ...change },
})
const rendered = (spec: RouterServices): string =>
  compile(nat.render(NatSpec.parse(spec.nat), wholeOf(spec)).ruleset ?? { tables: [] })

test('renders everything to the letter', () => {
  expect(rendered(specOf({}))).toBe(golden('nat-everything.nft'))
})

test('one more rule is one more element', () => {
  const lines = (count: number): number => {
    const forwards = Array.from(
      { length: count },
      (_, index): Forward => ({
        ...{ address: '198.51.100.6', protocol: 'tcp', port: 1000 + index, guest: '10.1.1.10', guestPort: 80 },
      }),
    )
    return rendered(specOf({ forwards })).split('\n').length
  }
  expect(lines(501) - lines(500)).toBe(1)
})

describe('a spec that cannot be', () => {
  const [forward] = everything.forwards as [Forward]
  const refused: readonly (readonly [string, Partial<Nat>, string])[] = [
    [
      'an address that is not ours',
      { forwards: [{ ...forward, address: '198.51.100.9' }] },
      'no public or private interface has it',
    ],
    ['a guest that is elsewhere', { forwards: [{ ...forward, guest: '10.9.1.1' }] }, 'on no guest network'],
    [
      'the router as a guest',
      { static: [{ address: '198.51.100.6', guest: '10.1.1.1' }], forwards: [] },
      'the router itself',
    ],
    ['ports upside down', { forwards: [{ ...forward, endPort: 79 }] }, 'upside down'],
    ['a range that ends too high', { forwards: [{ ...forward, endPort: 90, guestPort: 65_530 }] }, 'above 65535'],
    ['two forwards of a port', { forwards: [{ ...forward, port: 70, endPort: 80 }, forward] }, 'overlap'],
    [
      'two forwards of a port, apart',
      { forwards: [forward, { ...forward, port: 9 }, { ...forward, port: 79, endPort: 80 }] },
      'overlap',
    ],
    [
      'two guests of an address',
      { static: [...everything.static, { address: '203.0.113.5', guest: '10.1.1.8' }] },
      'two static NATs',
    ],
    [
      'two addresses of a guest',
      { static: [...everything.static, { address: '198.51.100.5', guest: '10.1.1.9' }] },
      'two static NATs',
    ],
    [
      'a forward of a static address',
      { static: [{ address: '198.51.100.6', guest: '10.1.1.9' }] },
      'none of its ports',
    ],
    [
      'a source NAT inwards',
      { source: [{ network: '10.1.1.0/24', device: 'eth4', address: '10.1.2.1' }] },
      'no public or private interface',
    ],
  ]
  test.each(refused)('%s', (_what, change, message) => {
    const spec = specOf(change)
    expect(() => nat.validate?.(NatSpec.parse(spec.nat), wholeOf(spec))).toThrow(message)
  })

  test('everything together can be', () => {
    expect(nat.validate?.(NatSpec.parse(everything), wholeOf(specOf({})))).toBeUndefined()
  })

  test('the quick check and the schema take the same', () => {
    const any = fc.oneof(
      fc.constantFrom('198.51.100.6', '010.0.0.1', 'tcp', 'udp', 'icmp', null, undefined),
      fc.integer(),
      fc.float(),
      fc.string(),
    )
    const key = fc.constantFrom('id', 'address', 'protocol', 'port', 'endPort', 'guest', 'guestPort', 'sources', 'more')
    fc.assert(
      fc.property(key, any, (name, value) => {
        const entry = { ...forward, [name]: value }
        const whole = NatSpec.safeParse({ source: [], forwards: [entry] }).success
        // The schema itself, since `sources` is what the quick check knows nothing of.
        const slow = NatSpec.safeParse({
          source: [],
          forwards: [entry, { ...forward, sources: ['0.0.0.0/0'] }],
        }).success
        expect(whole).toBe(slow)
      }),
    )
  })
})

test('tells what a change does, and which of it cuts flows', () => {
  const [first, ...others] = everything.forwards as [Forward, ...Forward[]]
  const after = { ...everything, static: [], forwards: [...others, { ...first, guest: '10.1.1.12' }] }
  const actions = nat.plan({ before: everything, after, files: [] })
  expect(actions.map(({ verb, target, dropsFlows }) => [verb, target, dropsFlows])).toEqual([
    ['stop', 'static NAT 203.0.113.5 to 10.1.1.9', true],
    ['stop', 'forwarding 198.51.100.6 tcp 80 to 10.1.1.10:8080', true],
    ['start', 'forwarding 198.51.100.6 tcp 80 to 10.1.1.12:8080', false],
  ])
  const many = Array.from({ length: 30 }, (_, index): Forward => ({ ...first, port: 5000 + index }))
  expect(
    nat.plan({ before: everything, after: { ...everything, forwards: many }, files: [] }).map(({ target }) => target),
  ).toContain('30 of forwarding')
})
