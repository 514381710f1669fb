import fc from 'fast-check'
import {
  compile,
  createFirstMatch,
  diff,
  type FirstMatchRule,
  firstMatch,
  firstMatchList,
  type Ruleset,
} from 'node-iptables'
import { describe, expect, test } from 'vitest'
import { longRulesArbitrary, packetArbitrary, ruleArbitrary, rulesArbitrary } from './first-match/arbitrary.ts'
import { naive } from './first-match/model.ts'
import { simulate } from './first-match/simulate.ts'

const chainOf = (rule: FirstMatchRule | undefined): string | undefined =>
  typeof rule?.verdict === 'object' ? rule.verdict.chain : undefined

const rulesetOf = (rules: readonly FirstMatchRule[]): Ruleset => {
  const { chain, maps, sets, chains } = firstMatchList('acl', rules)
  return { tables: [{ family: 'inet', name: 't', maps, sets, chains: [...chains, chain] }] }
}

describe('for any list and any packet', () => {
  test('the compiled list decides as the list read from its top', () => {
    fc.assert(
      fc.property(
        fc.oneof(rulesArbitrary, longRulesArbitrary),
        fc.array(packetArbitrary, { minLength: 10, maxLength: 20 }),
        (rules, packets) => {
          const list = firstMatchList('acl', rules)
          for (const packet of packets)
            expect([packet, simulate(list, packet)]).toEqual([packet, chainOf(rules[naive(rules, packet)])])
        },
      ),
      { numRuns: 300 },
    )
  })

  test('firstMatch and createFirstMatch name the same rule', () => {
    fc.assert(
      fc.property(fc.array(ruleArbitrary, { maxLength: 12 }), packetArbitrary, (rules, packet) => {
        const place = naive(rules, packet)
        expect(firstMatch(rules, packet) ?? -1).toBe(place)
        expect(createFirstMatch(rules)(packet)?.rule ?? -1).toBe(place)
      }),
    )
  })
})

test('equal lists have equal texts, and what another spelling says is equal', () => {
  const rule = (source: string): FirstMatchRule => ({
    protocol: 'tcp',
    source: [source, '10.1.1.0/24'],
    verdict: 'DROP',
  })
  expect(compile(rulesetOf([rule('10.1.0.0/24')]))).toBe(compile(rulesetOf([rule('10.1.0.77/24')])))
})

describe('what is written', () => {
  test('is a hash for single ports from anywhere, and ranges for the rest', () => {
    const rules: readonly FirstMatchRule[] = [
      { protocol: 'tcp', destinationPort: 22, source: ['0.0.0.0/0'], destination: ['198.51.100.5'], verdict: 'ACCEPT' },
      { protocol: 'udp', destinationPort: '5000-5010', source: ['203.0.113.0/24', '2001:db8::/32'], verdict: 'ACCEPT' },
      { protocol: 'icmp', icmpType: 8, icmpCode: 0, source: ['0.0.0.0/0'], verdict: 'ACCEPT' },
    ]
    expect(compile(rulesetOf(rules))).toBe(`add table inet t
delete table inet t
table inet t {
  map acl_0_exact {
    type ipv4_addr . inet_proto . inet_service : verdict;
    elements = {
      198.51.100.5 . tcp . 22 : accept
    }
  }
  map acl_0_range {
    type ipv4_addr . ipv4_addr . inet_proto . inet_service : verdict; flags interval;
    elements = {
      203.0.113.0/24 . 0.0.0.0/0 . udp . 5000-5010 : accept,
      0.0.0.0/0 . 0.0.0.0/0 . icmp . 2048 : accept
    }
  }
  map acl_0_range6 {
    type ipv6_addr . ipv6_addr . inet_proto . inet_service : verdict; flags interval;
    elements = {
      2001:db8::/32 . ::/0 . udp . 5000-5010 : accept
    }
  }
  chain acl {
    meta l4proto { tcp, udp } ip daddr . meta l4proto . th dport vmap @acl_0_exact
    meta l4proto { tcp, udp } ip saddr . ip daddr . meta l4proto . th dport vmap @acl_0_range
    meta l4proto != { tcp, udp } ip saddr . ip daddr . meta l4proto . th sport vmap @acl_0_range
    meta l4proto { tcp, udp } ip6 saddr . ip6 daddr . meta l4proto . th dport vmap @acl_0_range6
  }
}
`)
  })

  test('does not grow in rules when the list grows', () => {
    const lists = [10, 1000].map((count) =>
      Array.from(
        { length: count },
        (_, index): FirstMatchRule => ({
          protocol: 'tcp',
          destinationPort: index + 1,
          source: [`10.${index % 200}.0.0/16`],
          verdict: index % 2 === 0 ? 'ACCEPT' : 'DROP',
        }),
      ),
    )
    const [small, large] = lists.map((rules) => firstMatchList('acl', rules).chain.rules.length)
    expect(large).toBe(small)
  })

  test('is one lookup more for a rule that lies under others', () => {
    const hosts = Array.from(
      { length: 100 },
      (_, index): FirstMatchRule => ({ source: [`10.1.1.${index}`], verdict: 'DROP' }),
    )
    const { maps } = firstMatchList('acl', [...hosts, { source: ['10.1.0.0/16'], verdict: 'ACCEPT' }])
    expect(maps.map(({ name, elements }) => [name, elements.length])).toEqual([
      ['acl_0_range', 100],
      ['acl_1_range', 1],
    ])
  })

  test('is keyed first by what differs most', () => {
    const rule = (index: number): FirstMatchRule => ({
      protocol: 'tcp',
      destinationPort: index + 1,
      source: [index % 2 === 0 ? '10.0.0.0/8' : '172.16.0.0/12'],
      verdict: 'ACCEPT',
    })
    const { maps, chain } = firstMatchList(
      'acl',
      Array.from({ length: 64 }, (_, index) => rule(index)),
    )
    expect(maps[0]?.key).toEqual(['inet_service', 'ipv4_addr', 'ipv4_addr', 'inet_proto'])
    expect(chain.rules[0]?.jump).toMatchObject({ key: ['destinationPort', 'source', 'destination', 'protocol'] })
  })

  test('leaves out what no packet reaches and what a later rule says too', () => {
    const verdict = 'ACCEPT'
    const { maps } = firstMatchList('acl', [
      { source: ['10.1.1.0/24'], verdict },
      { source: ['10.1.0.0/16'], verdict },
      { source: ['10.1.2.0/24'], verdict: 'DROP' },
    ])
    expect(maps).toHaveLength(1)
    expect(maps[0]?.elements).toEqual([[['10.1.0.0/16', '0.0.0.0/0', '0-255', '0-65535'], verdict]])
  })

  test('has numbers where rules lie under each other in any depth', () => {
    const nested = Array.from(
      { length: 40 },
      (_, index): FirstMatchRule => ({
        protocol: 'tcp',
        destinationPort: `${1000 - index}-${1000 + index}`,
        source: ['10.0.0.0/8'],
        verdict: index % 2 === 0 ? 'ACCEPT' : 'DROP',
      }),
    )
    const { chain, maps, chains } = firstMatchList('acl', nested)
    // One map for each of the first 16, a rule for each of the others, one more to begin with and two to end.
    expect(maps).toHaveLength(16 + 1)
    expect(chain.rules).toHaveLength(1 + 16 + 24 + 2)
    expect(chains.map(({ name }) => name)).toEqual(['acl_accept', 'acl_drop'])
  })

  test('is as many lookups as rules overlap mutually, in whatever order they are', () => {
    const rule = (index: number): FirstMatchRule => ({
      verdict: index % 3 === 0 ? 'ACCEPT' : 'DROP',
      ...(index % 2 === 0
        ? { source: [`198.18.${index >> 8}.${index & 255}`] }
        : { protocol: 'tcp', destinationPort: index, source: ['0.0.0.0/0'] }),
    })
    const lists = [20, 1000].map((count) =>
      firstMatchList(
        'acl',
        Array.from({ length: count }, (_, index) => rule(index)),
      ),
    )
    expect(lists.map(({ chain }) => chain.rules.length)).toEqual([6, 6])
    expect(lists[1]?.maps.map(({ name, elements }) => [name, elements.length])).toEqual([
      ['acl_0_first', 500],
      ['acl_1_next_tsdp', 500],
      ['acl_verdicts', 1000],
    ])
  })

  test('has two sets instead of all pairs of two long lists', () => {
    const many = (net: number) => Array.from({ length: 200 }, (_, index) => `10.${net}.${index}.1`)
    const { sets, maps } = firstMatchList('acl', [{ source: many(1), destination: many(2), verdict: 'DROP' }])
    expect(maps).toEqual([])
    expect(sets.map(({ elements }) => elements.length)).toEqual([200, 200])
  })
})

test('one rule more or less is one element more or less', () => {
  const rules = Array.from(
    { length: 50 },
    (_, index): FirstMatchRule => ({
      protocol: 'tcp',
      destinationPort: `${index * 10}-${index * 10 + 5}`,
      source: ['10.0.0.0/8'],
      verdict: 'ACCEPT',
    }),
  )
  const less = rules.filter((_, index) => index !== 20)
  expect(diff(rulesetOf(rules), rulesetOf(less))).toBe(
    'delete element inet t acl_0_range { 10.0.0.0/8 . 0.0.0.0/0 . tcp . 200-205 }\n',
  )
})

test('a rule in between is its own elements where rules have numbers of their own', () => {
  const rule = (number: number): FirstMatchRule => ({
    number,
    verdict: number % 3 === 0 ? 'ACCEPT' : 'DROP',
    ...(number % 2 === 0
      ? { source: [`198.18.0.${number}`] }
      : { protocol: 'tcp', destinationPort: number, source: ['0.0.0.0/0'] }),
  })
  const all = Array.from({ length: 40 }, (_, index) => rule(index + 1))
  expect(diff(rulesetOf(all.filter(({ number }) => number !== 20)), rulesetOf(all))).toBe(
    [
      'add element inet t acl_1_next { 198.18.0.20 . 0.0.0.0/0 . 0-255 . 0-65535 . 21-4294967295 : 20 }',
      'add element inet t acl_verdicts { 20 : goto acl_drop }',
      '',
    ].join('\n'),
  )
})

test.each<readonly [string, FirstMatchRule]>([
  ['a port without protocol', { destinationPort: 80, verdict: 'DROP' }],
  ['a port of icmp', { protocol: 'icmp', destinationPort: 80, verdict: 'DROP' }],
  ['a port range upside down', { protocol: 'tcp', destinationPort: '90-80', verdict: 'DROP' }],
  ['a type of tcp', { protocol: 'tcp', icmpType: 8, verdict: 'DROP' }],
  ['a type above 255', { protocol: 'icmp', icmpType: 256, verdict: 'DROP' }],
  ['a code without type', { protocol: 'icmp', icmpCode: 0, verdict: 'DROP' }],
  ['an address that is none', { source: ['10.1.1.300'], verdict: 'DROP' }],
  ['a protocol that is none', { protocol: 'tcpp', verdict: 'DROP' }],
])('refuses %s', (_, rule) => {
  expect(() => firstMatchList('acl', [rule])).toThrow(expect.objectContaining({ code: 'NFT_VALUE' }))
})
