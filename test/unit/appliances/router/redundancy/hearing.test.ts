import { type Hearing, nextHearing, wasDeaf } from '@sysvm/router/redundancy/hearing'
import { expect, test } from 'vitest'

/** Looks half a second apart. */
const hear = (...packets: readonly number[]): Hearing =>
  packets.reduce<Hearing>((hearing, count, index) => nextHearing(hearing, { at: index * 500, packets: count }), [])

test('who hears somebody each time is not deaf', () => {
  expect(wasDeaf(hear())).toBe(false)
  expect(wasDeaf(hear(5))).toBe(false)
  expect(wasDeaf(hear(5, 9, 10, 11))).toBe(false)
})

test('who heard nobody a moment ago was', () => {
  expect(wasDeaf(hear(5, 9, 9, 30))).toBe(true)
})

test('what was long ago is forgotten', () => {
  expect(wasDeaf(hear(5, 5, 6, 7, 8, 9, 10, 11))).toBe(false)
})
