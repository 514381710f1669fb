import { allNumbers, numbersContaining } from '@sysvm/manager/model/containing'
import { expect, test } from 'vitest'

const upwards = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

test.each(['0', '1', '9', '00', '11', '42', '101', '999', '1212', '0000'])(
  'numbers whose digits contain %s are those that are found one by one',
  (text) => {
    for (const [first, last] of [
      [0, 0],
      [0, 2500],
      [95, 1213],
      [1000, 1000],
      [9990, 12_130],
    ] as const) {
      const there = upwards(first, last).filter((number) => String(number).includes(text))
      const numbers = numbersContaining(text)
      expect(numbers.count(first, last)).toBe(there.length)
      expect(there.map((_, skip) => numbers.nth(first, last, skip))).toEqual(there)
    }
  },
)

test('no number contains what is no digit', () => {
  for (const text of ['', 'x', '-1', '1.5', '%', '1'.repeat(16)])
    expect(numbersContaining(text).count(0, 16_777_215)).toBe(0)
})

test('a range of all numbers is as long as it reaches, and no shorter than nothing', () => {
  expect(allNumbers.count(5, 4)).toBe(0)
  expect(allNumbers.count(5000, 9_999_999)).toBe(9_995_000)
  expect(allNumbers.nth(5000, 9_999_999, 3)).toBe(5003)
})
