import { execFileSync } from 'node:child_process'
import { quoteCommand, quoteWord } from '@sysvm/manager/hosts/ssh'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed())

test('a real shell reads back exactly the words that were quoted', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      const command = quoteCommand(['printf', '%s\\0', ...words])
      const printed = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' })
      expect(printed.split('\0').slice(0, -1)).toEqual(words)
    }),
    { numRuns: 50 },
  )
})

test.each(['', "'", "''", '$(id)', '`id`', '\\', '\n', '*', '~', '-n', '"', '!', '$HOME', "a'; rm -rf /; '"])(
  'quotes %j',
  (text) => {
    expect(execFileSync('/bin/sh', ['-c', `printf %s ${quoteWord(text)}`], { encoding: 'utf8' })).toBe(text)
  },
)

test('refuses a NUL byte', () => {
  expect(() => quoteWord('a\0b')).toThrow(/NUL/)
})
