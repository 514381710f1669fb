import { deafness, type Hearing, nextHearing } from '@sysvm/router/redundancy/hearing'
import { expect, test } from 'vitest'

/** Looks half a second apart; what is heard of all is as much unless told. */
const hear = (fromPeer: readonly number[], fromAll = fromPeer): Hearing =>
  fromPeer.reduce<Hearing>(
    (hearing, count, index) =>
      nextHearing(hearing, { at: index * 500, fromPeer: count, fromAll: fromAll[index] ?? count }),
    [],
  )

test('who hears somebody each time is not deaf', () => {
  expect(deafness(hear([]))).toBeUndefined()
  expect(deafness(hear([5]))).toBeUndefined()
  expect(deafness(hear([5, 9, 10, 11]))).toBeUndefined()
})

test('who heard nobody a moment ago was', () => {
  expect(deafness(hear([5, 9, 9, 30]))).toBe('to all')
})

test('who heard guests meanwhile was deaf to the peer alone', () => {
  expect(deafness(hear([5, 9, 9, 30], [5, 20, 40, 70]))).toBe('to the peer')
})

test('what was long ago is forgotten', () => {
  expect(deafness(hear([5, 5, 6, 7, 8, 9, 10, 11]))).toBeUndefined()
})
