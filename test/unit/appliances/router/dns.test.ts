import { hostsLine, option, token } from '@sysvm/router/dns/text'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const attempt = (value: string): string | undefined => {
  try {
    return token(value)
  } catch {
    return undefined
  }
}

test('whatever the value, one option stays one line with one value', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (value) => {
      if (attempt(value) === undefined) return
      expect(option('server', value)).toBe(`server=${value}\n`)
      expect(value).toMatch(/^[A-Za-z0-9._/:-]+$/)
    }),
  )
})

test.each(['', 'a b', 'a\nserver=198.51.100.66', 'a#b', 'a,b', 'a\\b', '"a"', 'ä', 'a\u0000', 'a\r'])(
  'refuses %j',
  (value) => {
    expect(() => token(value)).toThrow(expect.objectContaining({ code: 'SYSVM_RENDER_FAILED' }))
    expect(() => hostsLine('10.0.0.1', [value])).toThrow(/cannot stand/)
  },
)
