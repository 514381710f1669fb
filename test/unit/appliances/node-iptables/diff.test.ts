import fc from 'fast-check'
import { diff, type NamedMap, type Rule, type Ruleset } from 'node-iptables'
import { expect, test } from 'vitest'
import { rulesetArbitrary } from './arbitrary.ts'
import { everything } from './everything.ts'

const forward = (port: number, to: string): NamedMap['elements'][number] => [
  ['203.0.113.5', 'tcp', port],
  [to, 80],
]
const rules: readonly Rule[] = [
  {
    protocol: ['tcp', 'udp'],
    jump: { target: 'DNAT', to: { key: ['destination', 'protocol', 'destinationPort'], map: 'pf' } },
  },
]
const nat = (elements: NamedMap['elements'], more: readonly Rule[] = [], interval = false): Ruleset => ({
  tables: [
    {
      family: 'ip',
      name: 'nat',
      maps: [
        {
          name: 'pf',
          key: ['ipv4_addr', 'inet_proto', 'inet_service'],
          value: ['ipv4_addr', 'inet_service'],
          ...(interval ? { interval: true as const } : {}),
          elements,
        },
      ],
      chains: [
        {
          name: 'pre',
          hook: { type: 'nat', at: 'prerouting', priority: 'dstnat' },
          rules: [...rules, ...more],
        },
      ],
    },
  ],
})
const dnat = 'meta l4proto { tcp, udp } dnat ip to ip daddr . meta l4proto . th dport map @pf'

test('nothing for what is equal', () => {
  expect(diff(everything, structuredClone(everything))).toBe('')
  fc.assert(
    fc.property(rulesetArbitrary, (ruleset) => {
      expect(diff(ruleset, structuredClone(ruleset))).toBe('')
    }),
  )
})

test('one element for one more forwarding, however many there are', () => {
  const many = Array.from({ length: 1000 }, (_, index) => forward(index + 1000, '10.1.1.2'))
  expect(diff(nat(many), nat([...many, forward(80, '10.1.1.3')]))).toBe(
    'add element ip nat pf { 203.0.113.5 . tcp . 80 : 10.1.1.3 . 80 }\n',
  )
})

test('a plain set of intervals that loses most of what it has is emptied and filled anew', () => {
  const networks = Array.from({ length: 600 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`)
  const clients = (elements: readonly string[]): Ruleset => ({
    tables: [
      {
        family: 'ip',
        name: 'nat',
        sets: [{ name: 'clients', key: ['ipv4_addr'], interval: true, elements }],
        chains: [],
      },
    ],
  })
  expect(diff(clients(networks), clients(['192.0.2.0/24', ...networks.slice(598)]))).toBe(
    'flush set ip nat clients\nadd element ip nat clients { 192.0.2.0/24, 10.2.86.0/24, 10.2.87.0/24 }\n',
  )
  expect(diff(clients(networks), clients(networks.slice(1)))).toBe('delete element ip nat clients { 10.0.0.0/24 }\n')
})

test('another value is a deletion and an addition in the same transaction', () => {
  expect(diff(nat([forward(80, '10.1.1.2')]), nat([forward(80, '10.1.1.3')]))).toBe(
    'delete element ip nat pf { 203.0.113.5 . tcp . 80 }\n' +
      'add element ip nat pf { 203.0.113.5 . tcp . 80 : 10.1.1.3 . 80 }\n',
  )
})

test('a rule at the end is added, any other makes its chain be written anew', () => {
  const more: Rule = { out: 'eth0', jump: 'RETURN' }
  expect(diff(nat([]), nat([], [more]))).toBe('add rule ip nat pre oifname "eth0" return\n')
  expect(diff(nat([], [more]), nat([]))).toBe(`flush chain ip nat pre\nadd rule ip nat pre ${dnat}\n`)
})

test('a map of another type is let go of, replaced and used again', () => {
  expect(diff(nat([]), nat([forward(80, '10.1.1.2')], [], true))).toBe(
    [
      'flush chain ip nat pre',
      'delete map ip nat pf',
      'add map ip nat pf { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; flags interval; }',
      'add element ip nat pf { 203.0.113.5 . tcp . 80 : 10.1.1.2 . 80 }',
      `add rule ip nat pre ${dnat}`,
      '',
    ].join('\n'),
  )
})

test('a policy changes in place', () => {
  const filter = (policy: 'accept' | 'drop'): Ruleset => ({
    tables: [
      {
        family: 'inet',
        name: 'f',
        chains: [
          {
            name: 'in',
            hook: { type: 'filter', at: 'input', priority: 0, policy },
            rules: [{ in: 'lo', jump: 'ACCEPT' }],
          },
        ],
      },
    ],
  })
  expect(diff(filter('accept'), filter('drop'))).toBe(
    'add chain inet f in { type filter hook input priority 0; policy drop; }\n',
  )
})

test('tables come and go', () => {
  const empty: Ruleset = { tables: [] }
  expect(diff({ tables: [{ family: 'ip', name: 'a' }] }, empty)).toBe('delete table ip a\n')
  expect(diff(empty, { tables: [{ family: 'ip', name: 'a' }] })).toBe(
    'add table ip a\ndelete table ip a\ntable ip a {\n}\n',
  )
})

test('says the same whatever was diffed before, also where an element is given twice', () => {
  const port = fc.integer({ min: 1, max: 9 })
  const elements = fc
    .array(fc.tuple(port, fc.constantFrom('10.1.1.2', '10.1.1.3')), { maxLength: 12 })
    .map((pairs) => pairs.map(([at, to]) => forward(at, pairs.find(([other]) => other === at)?.[1] ?? to)))
  fc.assert(
    fc.property(fc.array(elements, { minLength: 2, maxLength: 6 }), (states) => {
      const warm = states.map((state) => nat(state))
      for (const [index, after] of warm.entries()) {
        const before = warm[index - 1]
        if (before === undefined) continue
        const text = diff(before, after)
        expect(text).toBe(diff(structuredClone(before), structuredClone(after)))
        // And again, from one whose index was handed on.
        expect(diff(before, after)).toBe(text)
      }
    }),
  )
})
