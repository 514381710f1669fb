import { canonicalTexts } from '@sysvm/manager/api/signature/canonical'
import { expiryProblem, isSigned, type Pair } from '@sysvm/manager/api/signature/index'
import { describe, expect, it } from 'vitest'

const secret = 'vEQYvFsR2xLjbkLfDQEjLbQ0zHjYfxW0iU8u0p1mR2Yy'
const pairs: readonly Pair[] = [
  ['command', 'deployVirtualMachine'],
  ['apiKey', 'Ab-1_x.'],
  ['Zoneid', 'a~b*c'],
  ['name', "Q & A's (1)! =+/ü€"],
  ['details[0].cpuNumber', '2'],
  ['response', 'json'],
  ['_', '1'],
]

/** Computed by each client's own algorithm: python3-cs 2.7.1 itself, java.net.URLEncoder's rules, libcloud's, Go's. */
const signatures = {
  'python3-cs': 'CkVMAzop6sCwsMVAe2RJ1vOjNOY=',
  'the reference server': 'VqxEspalSNVMHKfs3AGVYzthtj8=',
  libcloud: 'uwfvBSFNq4IpMiOGOpI6n1vahMM=',
  'a Go client': 'orZc7WglWQ4tRphsAgOdGg3ji6A=',
}

describe('a signed request', () => {
  it.each(Object.entries(signatures))('is accepted as %s signs it', (_, signature) => {
    expect(isSigned([...pairs, ['signature', signature]], secret, signature)).toBe(true)
    expect(isSigned([['Signature', signature], ...pairs.toReversed()], secret, signature)).toBe(true)
  })

  it.each(Object.values(signatures))('is refused with a value changed, a parameter more or less: %s', (signature) => {
    expect(isSigned(pairs, `${secret}x`, signature)).toBe(false)
    for (const index of pairs.keys()) {
      expect(isSigned(pairs.toSpliced(index, 1), secret, signature)).toBe(false)
      const [name, value] = pairs[index] as Pair
      expect(isSigned(pairs.with(index, [name, `${value}0`]), secret, signature)).toBe(false)
    }
    expect(isSigned([...pairs, ['x', '1']], secret, signature)).toBe(false)
  })

  it.each(['', 'x', 'CkVMAzop6sCwsMVAe2RJ1vOjNOY', 'CkVMAzop6sCwsMVAe2RJ1vOjNOY= ', 'A'.repeat(4096), 'ü'.repeat(27)])(
    'is refused with the signature %j',
    (signature) => expect(isSigned(pairs, secret, signature)).toBe(false),
  )

  it('has no name that reads as two parameters', () => {
    const joined: readonly Pair[] = [...pairs.slice(0, 5), ['response', 'json']]
    const [text = ''] = canonicalTexts(joined)
    const folded: readonly Pair[] = [[text.slice(0, text.lastIndexOf('=')), 'json']]
    expect(canonicalTexts(folded)).toContain(text)
    const signature = 'OivH04bxdsxNqzNj8Lf+PwiAyeY='
    expect(isSigned(joined, secret, signature)).toBe(true)
    expect(isSigned(folded, secret, signature)).toBe(false)
  })

  it('is compared in few ways, each once', () => {
    expect(canonicalTexts([['command', 'listZones']])).toEqual(['command=listzones'])
    expect(canonicalTexts(pairs)).toHaveLength(8)
  })
})

describe('the end of a signature', () => {
  const now = new Date('2026-11-20T10:00:00Z')

  it.each([
    [undefined, undefined],
    ['2', '2020-01-01T00:00:00+0000'],
    ['3', '2026-11-20T10:00:00+0000'],
    ['3', '2026-11-20T10:00:01Z'],
    ['3', '2026-11-20T05:00:01-0500'],
    ['3', '2026-11-20T15:00:01 0500'],
  ])('is not reached with version %s and expires %s', (version, expires) => {
    expect(expiryProblem(version, expires, now)).toBeUndefined()
  })

  it.each([
    ['2026-11-20T09:59:59+0000', 'it has expired'],
    ['2026-11-20T11:59:59+0200', 'it has expired'],
    [undefined, 'signatureVersion 3 needs the parameter expires'],
    ['', 'signatureVersion 3 needs the parameter expires'],
    ['2026-11-20T10:00:01', 'expires is not a time such as 2026-11-20T10:00:00+0000'],
    ['tomorrow', 'expires is not a time such as 2026-11-20T10:00:00+0000'],
    ['2026-13-40T10:00:00Z', 'expires is not a time such as 2026-11-20T10:00:00+0000'],
  ])('is reached with version 3 and expires %s', (expires, why) => {
    expect(expiryProblem('3', expires, now)).toBe(why)
  })
})
