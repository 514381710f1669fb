import { highestOf, newLeases } from '@sysvm/manager/hosts/simulator/leases'
import { expect, it } from 'vitest'

const lease = (seq: number, until: number, name = 'a') => ({ name, seq, until })
const host = { now: 100, ofThisBoot: true, has: (name: string) => name !== 'none' }
const known = { a: lease(5, 130) }

it.each([
  ['a newer one', [lease(6, 140)], {}, 1],
  ['a newer one that is shorter', [lease(6, 120)], {}, 1],
  ['the same again', [lease(5, 130)], {}, 1],
  ['an older one', [lease(4, 140)], {}, 0],
  ['one that is over', [lease(6, 100)], {}, 0],
  ['one of another boot', [lease(6, 140)], { ofThisBoot: false }, 0],
  ['one of a machine that is not there', [lease(6, 140, 'none')], {}, 0],
  ['the end of one, from whenever', [lease(6, 0)], { ofThisBoot: false }, 1],
  ['the end of an older one', [lease(4, 0)], {}, 0],
])('takes or leaves %s', (_, asked, more, taken) => {
  expect(newLeases(asked, known, { ...host, ...more })).toHaveLength(taken)
})

it('says which numbers are too low', () => {
  expect(highestOf([lease(4, 0), lease(1, 0, 'b')], known)).toBe(5)
  expect(highestOf([], known)).toBe(0)
})
