import fc from 'fast-check'
import type { Chain, NamedMap, NamedSet, Rule, Ruleset, Table } from 'node-iptables'

/** Small domains, so that two rulesets share names, elements and rules often. */
const address = fc.integer({ min: 1, max: 12 }).map((octet) => `10.0.0.${octet}`)
const network = fc.integer({ min: 0, max: 5 }).map((octet) => `10.0.${octet}.0/24`)
const port = fc.integer({ min: 1, max: 6 })
const protocol = fc.constantFrom('tcp', 'udp')

const set = (name: string): fc.Arbitrary<NamedSet> =>
  fc.oneof(
    fc.record({
      name: fc.constant(name),
      key: fc.constant(['ipv4_addr'] as const),
      elements: fc.uniqueArray(address, { maxLength: 5 }),
    }),
    fc.record({
      name: fc.constant(name),
      key: fc.constant(['ipv4_addr'] as const),
      interval: fc.constant(true as const),
      elements: fc.uniqueArray(network, { maxLength: 4 }),
    }),
  )

const verdicts: fc.Arbitrary<NamedMap> = fc
  .uniqueArray(
    fc.tuple(address, fc.constantFrom('ACCEPT' as const, 'DROP' as const, { target: 'JUMP', chain: 'x' } as const)),
    { maxLength: 4, selector: ([key]) => key },
  )
  .map((elements) => ({ name: 'v', key: ['ipv4_addr'], value: 'verdict', elements }))

const forwards: fc.Arbitrary<NamedMap> = fc
  .tuple(
    fc.boolean(),
    fc.uniqueArray(fc.tuple(fc.tuple(address, protocol, port), fc.tuple(address, port)), {
      maxLength: 6,
      selector: ([key]) => key.join(),
    }),
  )
  .map(([interval, elements]) => ({
    name: 'pf',
    key: ['ipv4_addr', 'inet_proto', 'inet_service'],
    value: ['ipv4_addr', 'inet_service'],
    ...(interval ? { interval: true as const } : {}),
    elements,
  }))

const rule: fc.Arbitrary<Rule> = fc.oneof(
  fc.record({ source: fc.array(address, { minLength: 1, maxLength: 4 }), jump: fc.constantFrom('DROP', 'ACCEPT') }),
  fc.record({ protocol, destinationPort: fc.array(port, { minLength: 1, maxLength: 4 }), counter: fc.constant('c') }),
  fc.record({ source: fc.constantFrom({ set: 's' }, { notSet: 's' }), jump: fc.constant('RETURN') }),
  fc.constant<Rule>({ jump: { target: 'LOOKUP', key: ['source'], map: 'v' } }),
  fc.constant<Rule>({ jump: { target: 'JUMP', chain: 'x' } }),
) as fc.Arbitrary<Rule>

const dnat: Rule = {
  protocol: ['tcp', 'udp'],
  jump: { target: 'DNAT', to: { key: ['destination', 'protocol', 'destinationPort'], map: 'pf' } },
}

const chains: fc.Arbitrary<readonly Chain[]> = fc
  .tuple(
    fc.array(rule, { maxLength: 4 }),
    fc.constantFrom('accept' as const, 'drop' as const),
    fc.constantFrom(-5, 0),
    fc.boolean(),
    fc.option(fc.array(rule, { maxLength: 2 })),
  )
  .map(([rules, policy, priority, translates, more]) => [
    { name: 'x', rules: [{ source: '10.9.9.9', jump: 'DROP' }] },
    { name: 'in', hook: { type: 'filter', at: 'input', priority, policy }, rules },
    {
      name: 'pre',
      hook: { type: 'nat', at: 'prerouting', priority: 'dstnat' },
      rules: translates ? [dnat] : [],
    },
    ...(more === null ? [] : [{ name: 'more', rules: more }]),
  ])

const table: fc.Arbitrary<Table> = fc
  .tuple(set('s'), fc.option(set('t')), verdicts, forwards, chains, fc.boolean())
  .map(([s, t, v, pf, all, second]) => ({
    family: 'ip',
    name: 'one',
    counters: second ? ['c', 'd'] : ['c'],
    sets: t === null ? [s] : [s, t],
    maps: [v, pf],
    chains: all,
  }))

export const rulesetArbitrary: fc.Arbitrary<Ruleset> = fc
  .tuple(table, fc.boolean())
  .map(([one, other]) => ({ tables: other ? [one, { ...one, name: 'two' }] : [one] }))
