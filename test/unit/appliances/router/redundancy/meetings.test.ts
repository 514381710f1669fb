import { isMeeting, type Meeting, NONE_MET, nextMeetings } from '@sysvm/router/redundancy/meetings'
import { expect, test } from 'vitest'

/** For how many seconds it is demoted and held after meetings at these seconds. */
const play = (role: Meeting['role'], seconds: readonly number[], how: Pick<Meeting, 'deaf'> = { deaf: 'to all' }) => {
  let meetings = NONE_MET
  return seconds.map((second) => {
    const now = second * 1000
    meetings = nextMeetings(meetings, { now, role, ...how })
    const left = (until: number): number => Math.max(0, until - now) / 1000
    return [left(meetings.demotedUntil), left(meetings.heldUntil)]
  })
}

const each = (count: number, seconds: number): number[] => Array.from({ length: count }, (_, n) => 1 + n * seconds)
const none = (count: number) => Array.from({ length: count }, () => [0, 0])

test('two that met once, or seldom, are left alone', () => {
  expect(play('PRIMARY', [1])).toEqual(none(1))
  expect(play('PRIMARY', each(5, 61))).toEqual(none(5))
  expect(play('BACKUP', each(5, 31))).toEqual(none(5))
})

test('one that heard others was not cut off, however often they meet', () => {
  expect(play('PRIMARY', each(50, 2), { deaf: undefined })).toEqual(none(50))
  expect(play('BACKUP', each(50, 2), { deaf: undefined })).toEqual(none(50))
})

test('one that hears guests and not the other one serves on, and takes over less and less', () => {
  expect(play('PRIMARY', each(50, 2), { deaf: 'to the peer' })).toEqual(none(50))
  expect(play('BACKUP', each(4, 5), { deaf: 'to the peer' }).map(([, held]) => held)).toEqual([0, 0, 2, 4])
})

test('one that goes on from being cut off again and again loses its precedence for longer and longer', () => {
  expect(play('PRIMARY', each(9, 5)).map(([demoted]) => demoted)).toEqual([0, 60, 120, 240, 480, 960, 1920, 3600, 3600])
})

test('one that takes over in vain waits longer each time, and never long', () => {
  expect(play('BACKUP', each(8, 5)).map(([, held]) => held)).toEqual([0, 0, 2, 4, 8, 16, 16, 16])
})

test('ten minutes without a meeting make all forgotten', () => {
  expect(play('BACKUP', [1, 6, 11, 16, 620, 622, 624]).map(([, held]) => held)).toEqual([0, 0, 2, 4, 0, 0, 2])
  expect(play('PRIMARY', [1, 3, 700, 702]).map(([demoted]) => demoted)).toEqual([0, 60, 0, 60])
})

test('words of one meeting are one', () => {
  const met = nextMeetings(NONE_MET, { now: 1000, role: 'PRIMARY', deaf: undefined })
  expect(isMeeting(met, 1700)).toBe(false)
  expect(isMeeting(met, 1800)).toBe(true)
  expect(isMeeting(NONE_MET, 0)).toBe(true)
})
