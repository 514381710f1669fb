import { routerServices } from '@sysvm/router'
import type { FirewallInput, RouterServices } from '@sysvm/router/spec'
import { compile, diff, type Ruleset } from 'node-iptables'
import { describe, expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from '../whole.ts'

const firewall: FirewallInput = {
  egress: 'allow',
  addresses: [
    {
      address: '198.51.100.5',
      rules: [
        { id: 'ssh', protocol: 'tcp', ports: [22, 22], sources: ['0.0.0.0/0'] },
        { id: 'web', protocol: 'tcp', ports: [8000, 8099], sources: ['203.0.113.0/24', '192.0.2.7/32'] },
        { id: 'ping', protocol: 'icmp', icmp: { type: 8, code: 0 } },
      ],
    },
  ],
  networks: [
    {
      device: 'eth1',
      egress: { otherwise: 'deny', rules: [{ protocol: 'udp', ports: [53, 53], destinations: ['198.51.100.53/32'] }] },
      ingress: { otherwise: 'deny', rules: [{ protocol: 'icmpv6', icmp: { type: 128 }, sources: ['2001:db8::/32'] }] },
    },
  ],
}

const render = (spec: FirewallInput): Ruleset => {
  const services: RouterServices = { interfaces: baseSpec.interfaces, firewall: spec }
  const service = routerServices.find(({ name }) => name === 'firewall')
  if (service === undefined) throw new Error('there is no firewall')
  return service.render(service.schema.parse(spec), wholeOf(services)).ruleset ?? { tables: [] }
}

test('rules of users are this ruleset', () => {
  expect(compile(render(firewall))).toBe(golden('firewall-rules.nft'))
})

describe('one rule more', () => {
  const withRule = (port: number): FirewallInput => ({
    ...firewall,
    addresses: [
      {
        address: '198.51.100.5',
        rules: [
          ...(firewall.addresses?.[0]?.rules ?? []),
          { protocol: 'tcp', ports: [port, port], sources: ['0.0.0.0/0'] },
        ],
      },
    ],
  })
  test('is one element', () => {
    expect(diff(render(firewall), render(withRule(443)))).toBe(
      'add element inet sysvm_filter public_0_exact { 198.51.100.5 . tcp . 443 : accept }\n',
    )
  })
  test('is one element less when it goes', () => {
    expect(diff(render(withRule(443)), render(firewall))).toBe(
      'delete element inet sysvm_filter public_0_exact { 198.51.100.5 . tcp . 443 }\n',
    )
  })
})

test.each<readonly [string, unknown, string]>([
  ['a port of icmp', { protocol: 'icmp', ports: [1, 2] }, 'has ports'],
  ['a range upside down', { protocol: 'tcp', ports: [9, 2] }, 'runs downwards'],
  ['a port above all', { protocol: 'tcp', ports: [1, 65_536] }, '65535'],
  ['a type of tcp', { protocol: 'tcp', icmp: { type: 8 } }, 'has an ICMP type'],
  ['a type above all', { protocol: 'icmp', icmp: { type: 256 } }, '255'],
  ['a protocol that is none', { protocol: 'tcp\naccept' }, 'Invalid'],
  ['a network that is none', { sources: ['10.0.0.0/8\n}'] }, 'is not a network'],
  ['no network at all', { sources: [] }, 'Too small'],
  ['an id with quotes', { id: 'a"b' }, 'is not an id'],
  ['destinations of an address', { destinations: ['10.0.0.0/8'] }, 'is for one address'],
])('%s is refused', (_, rule, message) => {
  const service = routerServices.find(({ name }) => name === 'firewall')
  const parsed = service?.schema.safeParse({ addresses: [{ address: '198.51.100.5', rules: [rule] }] })
  expect(JSON.stringify(parsed?.error?.issues)).toContain(message)
})
