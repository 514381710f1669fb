import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { compile, NetfilterError, type NetfilterErrorCode, type Rule, type Ruleset, type Table } from 'node-iptables'
import { expect, test } from 'vitest'
import { everything } from './everything.ts'

const golden = readFileSync(new URL('everything.golden', import.meta.url), 'utf8')

const one = (table: Partial<Table>): Ruleset => ({ tables: [{ family: 'inet', name: 't', ...table }] })
const withRule = (rule: Rule): Ruleset => one({ chains: [{ name: 'c', rules: [rule] }] })
const line = (rule: Rule): string => compile(withRule(rule)).split('\n')[4]?.trim() ?? ''

const codeOf = (ruleset: Ruleset): NetfilterErrorCode | undefined => {
  try {
    compile(ruleset)
    return undefined
  } catch (error) {
    if (error instanceof NetfilterError) return error.code
    throw error
  }
}

test('every word of the model, to the letter', () => {
  expect(compile(everything)).toBe(golden)
})

test('an empty ruleset is an empty text', () => {
  expect(compile({ tables: [] })).toBe('')
})

test.each<[string, Rule, Rule]>([
  ['the order of values', { protocol: ['tcp', 'udp'], jump: 'DROP' }, { protocol: ['udp', 'tcp'], jump: 'DROP' }],
  ['host bits', { source: '10.0.0.7/24', jump: 'DROP' }, { source: '10.0.0.0/24', jump: 'DROP' }],
  ['ranges that are prefixes', { source: '10.0.0.0-10.0.0.255' }, { source: '10.0.0.0/24' }],
  ['neighbours', { source: ['10.0.0.0/25', '10.0.0.128/25'] }, { source: '10.0.0.0/24' }],
  ['prefixes of one address', { source: '10.0.0.1/32' }, { source: '10.0.0.1' }],
  ['spellings of IPv6', { source: '2001:DB8:0::1' }, { source: '2001:db8::1' }],
  ['protocol numbers', { protocol: 6 }, { protocol: 'tcp' }],
])('%s makes no other rule', (_, a, b) => {
  expect(line(a)).toBe(line(b))
})

test.each<[NetfilterErrorCode, string, Ruleset]>([
  ['NFT_NAME', 'a table named by a keyword', one({ name: 'accept' })],
  ['NFT_NAME', 'a chain that would be more', one({ chains: [{ name: 'x { }', rules: [] }] })],
  ['NFT_NAME', 'a counter with a quote', one({ counters: ['a"b'] })],
  ['NFT_VALUE', 'an octal address', withRule({ source: '010.0.0.1' })],
  ['NFT_VALUE', 'a prefix that is too long', withRule({ source: '10.0.0.0/33' })],
  ['NFT_VALUE', 'a range from high to low', withRule({ protocol: 'tcp', destinationPort: '90-80' })],
  ['NFT_VALUE', 'a port that is none', withRule({ protocol: 'tcp', destinationPort: 65536 })],
  ['NFT_VALUE', 'a port without protocol', withRule({ destinationPort: 80 })],
  ['NFT_VALUE', 'a translated port without protocol', withRule({ jump: { target: 'REDIRECT', port: 80 } })],
  ['NFT_VALUE', 'tcp-reset for all', withRule({ jump: { target: 'REJECT', with: 'tcp-reset' } })],
  ['NFT_VALUE', 'a quote in a comment', withRule({ comment: 'a"; drop', jump: 'ACCEPT' })],
  ['NFT_VALUE', 'a line break in a log prefix', withRule({ log: 'a\nb' })],
  ['NFT_VALUE', 'a device with a space', withRule({ in: 'eth0 drop' })],
  ['NFT_VALUE', 'no value at all', withRule({ source: [] })],
  ['NFT_VALUE', 'a rule that says nothing', withRule({})],
  [
    'NFT_VALUE',
    'a range in a set without interval',
    one({ sets: [{ name: 's', key: ['ipv4_addr'], elements: ['10.0.0.0/24'] }] }),
  ],
  [
    'NFT_VALUE',
    'a key with a part too few',
    one({ sets: [{ name: 's', key: ['ipv4_addr', 'mark'], elements: ['10.0.0.1'] }] }),
  ],
  ['NFT_VALUE', 'a rule of another program', withRule({ foreign: '{}' })],
  ['NFT_REFERENCE', 'a set that is not there', withRule({ source: { set: 'absent' }, jump: 'DROP' })],
  ['NFT_REFERENCE', 'a chain that is not there', withRule({ jump: { target: 'JUMP', chain: 'absent' } })],
  ['NFT_REFERENCE', 'a counter that is not there', withRule({ counter: 'absent' })],
  [
    'NFT_REFERENCE',
    'a key of another type',
    one({
      sets: [{ name: 's', key: ['inet_service'], elements: [] }],
      chains: [{ name: 'c', rules: [{ source: { set: 's' } }] }],
    }),
  ],
  [
    'NFT_REFERENCE',
    'a verdict that leads nowhere',
    one({
      maps: [{ name: 'm', key: ['mark'], value: 'verdict', elements: [[1, { target: 'JUMP', chain: 'absent' }]] }],
    }),
  ],
  [
    'NFT_DUPLICATE',
    'a table twice',
    {
      tables: [
        { family: 'ip', name: 't' },
        { family: 'ip', name: 't' },
      ],
    },
  ],
  [
    'NFT_DUPLICATE',
    'two values of one key',
    one({
      maps: [
        {
          name: 'm',
          key: ['mark'],
          value: ['mark'],
          elements: [
            [1, 2],
            [1, 3],
          ],
        },
      ],
    }),
  ],
])('%s: %s', (code, _, ruleset) => {
  expect(codeOf(ruleset)).toBe(code)
})

test('whatever the text, a rule stays one rule', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('";', '}\n', '# x', '$x', '*'))
  fc.assert(
    fc.property(text, fc.constantFrom('in', 'source', 'comment', 'log', 'protocol'), (value, field) => {
      try {
        const lines = compile(withRule({ [field]: value, jump: 'ACCEPT' })).split('\n')
        expect(lines).toHaveLength(8)
        // Outside its quotes there is nothing that nft reads as more than a value.
        expect((lines[4] ?? '').replace(/"[^"]*"/g, '')).not.toMatch(/["$#;{}\\]/)
      } catch (error) {
        expect(error).toBeInstanceOf(NetfilterError)
      }
    }),
    { numRuns: 500 },
  )
})
