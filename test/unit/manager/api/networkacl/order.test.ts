import { createHash } from 'node:crypto'
import { consistencyHash, move, type Numbered } from '@sysvm/manager/api/networkacl/order'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const items = (...numbers: readonly number[]): readonly Numbered[] =>
  numbers.map((number, index) => ({ id: 'abcdefgh'[index] ?? '', number }))

const after = (before: readonly Numbered[], changed: readonly Numbered[]): readonly string[] => {
  const numbers = new Map(before.map(({ id, number }) => [id, number]))
  for (const { id, number } of changed) numbers.set(id, number)
  return [...numbers].toSorted(([, a], [, b]) => a - b).map(([id, number]) => `${id}${number}`)
}

describe('move', () => {
  test.each<readonly [string, readonly number[], string, string | undefined, string | undefined, readonly string[]]>([
    ['into a gap', [10, 20, 30], 'c', 'a', 'b', ['a10', 'c11', 'b20']],
    ['where there is no gap', [1, 2, 3, 10], 'd', 'a', 'b', ['a1', 'd2', 'b3', 'c4']],
    ['to the end', [5, 6, 7], 'a', 'c', undefined, ['b6', 'c7', 'a8']],
    ['before the first one with room', [5, 6, 7], 'c', undefined, 'a', ['c4', 'a5', 'b6']],
    ['before the first one without room', [1, 2, 3], 'c', undefined, 'a', ['c1', 'a2', 'b3']],
    ['to where it is', [1, 2, 3], 'b', 'a', 'c', ['a1', 'b2', 'c3']],
    ['behind another, by that alone', [1, 2, 3], 'a', 'b', undefined, ['b2', 'a3', 'c4']],
  ])('%s', (_, numbers, id, previous, next, expected) => {
    const before = items(...numbers)
    expect(after(before, move(before, id, previous, next))).toEqual(expected)
  })

  test('keeps the order of the others and gives no number twice', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 8 }),
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        (numbers, which, where, behind) => {
          const before = items(...numbers.toSorted((a, b) => a - b))
          const moved = before[which % before.length]
          const others = before.filter((item) => item !== moved)
          const place = where % others.length
          const target = others[place]?.id
          const changed = move(before, moved?.id ?? '', behind ? target : undefined, behind ? undefined : target)
          const order = after(before, changed).map((text) => text.slice(0, 1))
          const expected = others.map(({ id }) => id)
          expected.splice(behind ? place + 1 : place, 0, moved?.id ?? '')
          expect(order).toEqual(expected)
          const all = new Map([...before, ...changed].map(({ id, number }) => [id, number]))
          expect(new Set(all.values()).size).toBe(before.length)
          expect(Math.min(...all.values())).toBeGreaterThan(0)
        },
      ),
    )
  })

  test.each<readonly [string, string | undefined, string | undefined, string]>([
    ['no place', undefined, undefined, 'previousaclruleid or nextaclruleid'],
    ['itself', 'a', undefined, 'previousaclruleid'],
    ['an item of another list', undefined, 'z', 'nextaclruleid'],
    ['two that are no neighbours', 'b', 'd', 'nextaclruleid'],
  ])('%s is refused', (_, previous, next, parameter) => {
    expect(() => move(items(1, 2, 3, 4), 'a', previous, next)).toThrow(parameter)
  })
})

test('the hash is that of the ids in their order', () => {
  expect(consistencyHash(items(1, 2))).toBe(createHash('md5').update('ab').digest('hex'))
})
