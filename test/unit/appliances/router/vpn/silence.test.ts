import { isGivenUp, timesSaid } from '@sysvm/router/vpn/silence'
import { expect, test } from 'vitest'

test('a peer is given up at the first retransmission after its time', () => {
  const at = (timeoutSeconds: number) =>
    [1, 2, 3, 4, 5, 6].filter((times) => isGivenUp({ dpd: { delaySeconds: 1, timeoutSeconds } }, times))
  expect(at(2)).toEqual([1, 2, 3, 4, 5, 6])
  expect(at(5)).toEqual([2, 3, 4, 5, 6])
  expect(at(30)).toEqual([6])
  expect(at(120)).toEqual([])
  expect(isGivenUp({}, 6)).toBe(false)
})

test('how often a request was said again', () => {
  expect(timesSaid('retransmit 2 of request with message ID 7')).toBe(2)
  expect(timesSaid('sending retransmit 3 of request message ID 0, seq 1')).toBe(3)
  expect(timesSaid('giving up after 6 retransmits')).toBeUndefined()
})
