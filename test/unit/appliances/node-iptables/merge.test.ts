import { compile, merge, type NetfilterErrorCode, type Ruleset } from 'node-iptables'
import { expect, test } from 'vitest'

const part = (table: Partial<Ruleset['tables'][number]>): Ruleset => ({
  tables: [{ family: 'ip', name: 't', ...table }],
})
const hook = { type: 'filter', at: 'input', priority: 0 } as const

test('chains of the same name are one, rules in the order of the rulesets', () => {
  const merged = merge([
    part({ chains: [{ name: 'c', hook, rules: [{ source: '10.0.0.1', jump: 'DROP' }] }] }),
    part({ chains: [{ name: 'c', rules: [{ source: '10.0.0.2', jump: 'DROP' }] }], counters: ['n'] }),
    { tables: [{ family: 'ip', name: 'other' }] },
  ])
  expect(compile(merged)).toContain('ip saddr 10.0.0.1 drop\n    ip saddr 10.0.0.2 drop')
  expect(merged.tables.map(({ name }) => name)).toEqual(['t', 'other'])
  expect(merged.tables[0]?.counters).toEqual(['n'])
})

test('elements of the same set are put together', () => {
  const set = (element: string): Ruleset => part({ sets: [{ name: 's', key: ['ipv4_addr'], elements: [element] }] })
  expect(merge([set('10.0.0.1'), set('10.0.0.2')]).tables[0]?.sets?.[0]?.elements).toEqual(['10.0.0.1', '10.0.0.2'])
})

test('what contradicts itself is refused', () => {
  const code: NetfilterErrorCode = 'NFT_DUPLICATE'
  const hooks = [
    part({ chains: [{ name: 'c', hook, rules: [] }] }),
    part({ chains: [{ name: 'c', hook: { ...hook, priority: 5 }, rules: [] }] }),
  ]
  const sets = [
    part({ sets: [{ name: 's', key: ['ipv4_addr'], elements: [] }] }),
    part({ sets: [{ name: 's', key: ['mark'], elements: [] }] }),
  ]
  expect(() => merge(hooks)).toThrow(expect.objectContaining({ code }))
  expect(() => merge(sets)).toThrow(expect.objectContaining({ code }))
})
