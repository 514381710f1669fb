import { judge } from '@sysvm/manager/orchestration/network/judge'
import { describe, expect, it } from 'vitest'

type Judged = Parameters<typeof judge>[0][number]

const REVISION = 7
const one = (id: string, more: Partial<Judged> = {}): Judged => ({
  id,
  desired: 'Running',
  state: 'Running',
  redundant_state: 'UNKNOWN',
  reason: null,
  held: REVISION,
  failed: null,
  remakes_wanted: 0,
  remakes_done: 0,
  next_firmware: null,
  next_image: null,
  image: 'a'.repeat(64),
  moving: false,
  ...more,
})
const of = (...routers: readonly Judged[]) => {
  const { wake, served, blocker } = judge(routers, { revision: REVISION })
  return { wake: wake.map(({ id }) => id), served, blocker: blocker?.id }
}
const older = { held: REVISION - 1 }
const noRoom = { state: 'Error', held: null, reason: 'no room', failed: 'SYSVM_CAPACITY' } as const
const refuses = { ...older, reason: 'no', failed: 'SYSVM_ROUTER_COMMIT' } as const
const away = { state: 'Error', reason: 'it does not answer', failed: 'SYSVM_ROUTER_UNREACHABLE' } as const

describe('a network of one router', () => {
  it('is served by one that has all there is, whatever else that failed at', () => {
    expect(of(one('a'))).toEqual({ wake: [], served: true, blocker: undefined })
    expect(of(one('a', { failed: 'SYSVM_CAPACITY', reason: 'no room to move' }))).toEqual({
      wake: [],
      served: true,
      blocker: undefined,
    })
  })

  it('waits for one that lacks something, and says what stands in its way for good', () => {
    expect(of(one('a', older))).toEqual({ wake: ['a'], served: false, blocker: undefined })
    expect(of(one('a', away))).toEqual({ wake: ['a'], served: false, blocker: undefined })
    expect(of(one('a', refuses))).toEqual({ wake: ['a'], served: false, blocker: 'a' })
    expect(of(one('a', noRoom))).toEqual({ wake: ['a'], served: false, blocker: 'a' })
  })
})

describe('a network of two', () => {
  it('is not served before those that run have the firmware that is asked for', () => {
    const next_firmware = 'c'.repeat(64)
    expect(of(one('a', { next_firmware }), one('b'))).toEqual({ wake: ['a'], served: false, blocker: undefined })
    // It gets it with its next machine.
    expect(of(one('a', { next_firmware, moving: true }), one('b')).served).toBe(true)
    const stopped = one('a', { next_firmware, desired: 'Stopped', state: 'Stopped' })
    expect(of(stopped, one('b'))).toMatchObject({ wake: [], served: true })
    expect(of(one('a', { ...away, next_firmware }), one('b'))).toMatchObject({ wake: ['a'], served: true })
  })

  it('does not wake one that is stopped', () => {
    const stopped = one('b', { desired: 'Stopped', state: 'Stopped', ...older })
    expect(of(one('a'), stopped)).toEqual({ wake: [], served: true, blocker: undefined })
    expect(of(one('a', older), stopped)).toEqual({ wake: ['a'], served: false, blocker: undefined })
    expect(of(one('a'), { ...stopped, state: 'Stopping' })).toMatchObject({ wake: ['b'], served: true })
  })

  it('does not wake one that only waits to be made anew, and is waited for', () => {
    const waits = one('a', { remakes_wanted: 1 })
    expect(of(waits, one('b'))).toEqual({ wake: [], served: false, blocker: undefined })
    expect(of(waits, one('b', { state: 'Starting' }))).toEqual({ wake: ['b'], served: false, blocker: undefined })
    // It waits for the other one, which cannot.
    expect(of(waits, one('b', noRoom))).toEqual({ wake: ['b'], served: false, blocker: 'b' })
  })

  it('is failed by one that has no room only when the other one cannot do it either', () => {
    expect(of(one('a', { state: 'Starting', held: null }), one('b', noRoom))).toMatchObject({
      served: false,
      blocker: undefined,
    })
    expect(of(one('a', older), one('b', noRoom))).toMatchObject({ served: false, blocker: undefined })
    expect(of(one('a', away), one('b', noRoom))).toMatchObject({ served: false, blocker: undefined })
    expect(of(one('a'), one('b', noRoom))).toMatchObject({ served: true, blocker: undefined })
    expect(of(one('a', noRoom), one('b', noRoom))).toMatchObject({ served: false, blocker: 'a' })
  })

  it('is not held up by a backup that refuses, but by a primary', () => {
    const primary = one('a', { redundant_state: 'PRIMARY' })
    const backup = one('b', { redundant_state: 'BACKUP' })
    expect(of(primary, { ...backup, ...refuses })).toMatchObject({ served: true, blocker: undefined })
    expect(of({ ...primary, ...older }, { ...backup, ...refuses })).toMatchObject({ served: false, blocker: undefined })
    expect(of({ ...primary, ...refuses }, backup)).toMatchObject({ served: false, blocker: 'a' })
    expect(of(primary, { ...backup, ...older })).toMatchObject({ served: false, blocker: undefined })
  })
})
