import { watchSilence } from '@sysvm/manager/managers/silence'
import { describe, expect, it } from 'vitest'

const TERM = 6000
const STEP = 2000

const watching = (looks: readonly (readonly [number, Readonly<Record<string, number>>])[]) => {
  const silence = watchSilence(TERM, STEP)
  return looks.map(([now, renewals]) => {
    silence.observe(now, renewals)
    return silence.late
  })
}

/** Looks once a second from `from` to `to`. */
const looks = (from: number, to: number, renewals: (second: number) => Readonly<Record<string, number>>) =>
  Array.from({ length: to - from + 1 }, (_, index) => [(from + index) * 1000, renewals(from + index)] as const)

describe('a manager is late', () => {
  it('when it was seen not to renew for a whole term', () => {
    const seen = watching(looks(0, 7, (second) => ({ a: 5, b: 10 + second })))
    expect(seen).toEqual([[], [], [], [], [], [], ['a'], ['a']])
  })

  it('not by what passed before it was first seen, nor after it renewed again', () => {
    const seen = watching([...looks(0, 5, () => ({ a: 5 })), ...looks(6, 11, () => ({ a: 6 })), [12_000, { a: 6 }]])
    expect(seen.at(5)).toEqual([])
    expect(seen.at(11)).toEqual([])
    expect(seen.at(12)).toEqual(['a'])
  })

  it('not while whoever looks was away itself: all were deaf to it', () => {
    const seen = watching([...looks(0, 3, () => ({ a: 5 })), [600_000, { a: 5 }], [601_000, { a: 5 }]])
    expect(seen).toEqual([[], [], [], [], [], ['a']])
  })

  it('also when the database fell back to an older count and stays there', () => {
    const seen = watching([...looks(0, 1, () => ({ a: 5 })), ...looks(2, 8, () => ({ a: 4 }))])
    expect(seen.slice(0, 8).flat()).toEqual([])
    expect(seen.at(8)).toEqual(['a'])
  })

  it('no more when it is gone', () => {
    const seen = watching([...looks(0, 6, () => ({ a: 5 })), [7000, {}], [8000, { a: 5 }]])
    expect(seen.slice(6)).toEqual([['a'], [], []])
  })
})
