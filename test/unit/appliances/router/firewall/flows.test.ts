import { mayRefuse } from '@sysvm/router/firewall/cut'
import { stillAllowed } from '@sysvm/router/firewall/flows'
import type { FilterList, FilterRule } from '@sysvm/router/firewall/rule'
import { FirewallSpec } from '@sysvm/router/firewall/spec'
import { type Flow, parseFlow } from '@sysvm/router/flows'
import { siteOf } from '@sysvm/router/site'
import { describe, expect, test } from 'vitest'

const site = siteOf(
  [
    { type: 'local', dst: '10.1.1.1', dev: 'eth1', table: 'local' },
    { type: 'local', dst: '198.51.100.5', dev: 'eth2', table: 'local' },
    { dst: 'default', dev: 'eth2' },
    { dst: '10.1.1.0/24', dev: 'eth1' },
    { dst: '198.51.100.0/24', dev: 'eth2' },
    { dst: 'default', dev: 'eth9', table: '7' },
  ],
  [
    { dst: '2001:db8:1::/64', dev: 'eth1' },
    { dst: 'default', dev: 'eth2' },
  ],
)

test('addresses are where the kernel routes to them', () => {
  expect(['10.1.1.1', '10.1.1.2'].map(site.isLocal)).toEqual([true, false])
  expect(['10.1.1.2', '192.0.2.1', '2001:db8:1::5', '2001:db8:9::1'].map(site.deviceOf)).toEqual([
    'eth1',
    'eth2',
    'eth1',
    'eth2',
  ])
})

const flow = (line: string): Flow => {
  const parsed = parseFlow(line)
  if (parsed === undefined) throw new Error(line)
  return parsed
}

/** As conntrack(8) prints them. */
const published = flow(
  'tcp 6 100 ESTABLISHED src=192.0.2.7 dst=198.51.100.5 sport=4000 dport=8080 src=10.1.1.10 dst=192.0.2.7 sport=80 dport=4000 [ASSURED] mark=0 use=1',
)
const hairpin = flow(
  'tcp 6 100 ESTABLISHED src=10.1.1.11 dst=198.51.100.5 sport=4000 dport=8080 src=10.1.1.10 dst=10.1.1.1 sport=80 dport=4000 mark=0 use=1',
)
const outward = flow(
  'udp 17 100 src=10.1.1.10 dst=192.0.2.53 sport=4000 dport=53 src=192.0.2.53 dst=198.51.100.5 sport=53 dport=4000 mark=0 use=1',
)
const ping = flow(
  'icmp 1 20 src=192.0.2.7 dst=198.51.100.5 type=8 code=0 id=9 src=198.51.100.5 dst=192.0.2.7 type=0 code=0 id=9 mark=0 use=1',
)
const lookup = flow(
  'udp 17 20 src=10.1.1.10 dst=10.1.1.1 sport=4000 dport=53 src=10.1.1.1 dst=10.1.1.10 sport=53 dport=4000 mark=0 use=1',
)
const own = flow(
  'tcp 6 20 ESTABLISHED src=198.51.100.5 dst=192.0.2.7 sport=4000 dport=443 src=192.0.2.7 dst=198.51.100.5 sport=443 dport=4000 mark=0 use=1',
)
const routed6 = flow(
  'tcp 6 20 ESTABLISHED src=2001:db8:9::1 dst=2001:db8:1::5 sport=4000 dport=22 src=2001:db8:1::5 dst=2001:db8:9::1 sport=22 dport=4000 mark=0 use=1',
)
const flows = { published, hairpin, outward, ping, lookup, own, routed6 }

const left = (spec: unknown): readonly string[] => {
  const isAllowed = stillAllowed(FirewallSpec.parse(spec), ['eth1'], site)
  return Object.entries(flows).flatMap(([name, one]) => (isAllowed(one) ? [name] : []))
}
const address = (...rules: readonly object[]) => ({ addresses: [{ address: '198.51.100.5', rules }] })
const unasked = ['lookup', 'own']

describe('what is still allowed', () => {
  test('is all of an address that is not governed', () => {
    expect(left({})).toEqual(Object.keys(flows))
  })
  test('is what a rule of the address lets in, by the port that the client used', () => {
    expect(left(address())).toEqual(['outward', ...unasked, 'routed6'])
    expect(left(address({ protocol: 'tcp', ports: [80, 80] }))).toEqual(['outward', ...unasked, 'routed6'])
    expect(left(address({ protocol: 'tcp', ports: [8000, 8100], sources: ['192.0.2.0/24'] }))).toEqual([
      'published',
      'outward',
      ...unasked,
      'routed6',
    ])
    expect(left(address({ protocol: 'icmp', icmp: { type: 8, code: 0 } }))).toContain('ping')
    expect(left(address({ protocol: 'icmp', icmp: { type: 8, code: 1 } }))).not.toContain('ping')
  })
  test('is what guests may send; a way through an own public address is not egress', () => {
    const egress = (...rules: readonly object[]) => ({
      networks: [{ device: 'eth1', egress: { otherwise: 'deny', rules } }],
    })
    expect(left(egress())).toEqual(['published', 'hairpin', 'ping', ...unasked, 'routed6'])
    expect(left(egress({ protocol: 'udp', ports: [53, 53] }))).toContain('outward')
  })
  test('is what comes in untranslated where rules say so', () => {
    const ingress = (...rules: readonly object[]) => ({
      networks: [{ device: 'eth1', ingress: { otherwise: 'deny', rules } }],
    })
    expect(left(ingress())).toEqual(['published', 'hairpin', 'outward', 'ping', ...unasked])
    expect(left(ingress({ protocol: 'tcp', ports: [22, 22], sources: ['2001:db8:9::/48'] }))).toContain('routed6')
  })
})

describe('mayRefuse', () => {
  const rule = (action: 'allow' | 'deny', protocol: 'tcp' | 'udp' = 'tcp'): FilterRule => ({ action, protocol })
  const list = (otherwise: 'allow' | 'deny', ...rules: readonly FilterRule[]): FilterList => ({
    otherwise,
    rules: [...rules],
  })
  test.each<readonly [string, FilterList | undefined, FilterList | undefined, boolean]>([
    ['the same', list('deny', rule('allow')), list('deny', rule('allow')), false],
    ['another id', list('deny', { ...rule('allow'), id: 'a' }), list('deny', { ...rule('allow'), id: 'b' }), false],
    ['one more that allows', list('deny', rule('allow')), list('deny', rule('allow', 'udp'), rule('allow')), false],
    ['one more that denies', list('allow'), list('allow', rule('deny')), true],
    ['one less', list('deny', rule('allow')), list('deny'), true],
    [
      'another order',
      list('deny', rule('allow'), rule('deny', 'udp')),
      list('deny', rule('deny', 'udp'), rule('allow')),
      true,
    ],
    ['another default', list('allow'), list('deny'), true],
    ['a first list', undefined, list('deny'), true],
    ['none and none', undefined, undefined, false],
  ])('%s', (_, before, after, expected) => {
    expect(mayRefuse(before, after)).toBe(expected)
  })
})
