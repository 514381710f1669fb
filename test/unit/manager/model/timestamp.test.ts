import { parseTimestamp } from '@sysvm/manager/model/timestamp'
import { expect, it } from 'vitest'

it.each([
  ['2026-11-22 08:54:51.123456+00', '2026-11-22T08:54:51.123Z'],
  ['2026-11-22 08:54:51+00', '2026-11-22T08:54:51.000Z'],
  ['2026-01-31 23:59:59.5+00', '2026-01-31T23:59:59.500Z'],
  ['2026-02-28 00:00:00.25+00', '2026-02-28T00:00:00.250Z'],
  ['1999-12-31 12:00:00.001+00', '1999-12-31T12:00:00.001Z'],
  ['0099-11-22 08:54:51.5+00', '0099-11-22T08:54:51.500Z'],
  ['2026-11-22 08:54:51.123+05:30', '2026-11-22T03:24:51.123Z'],
  ['2026-11-22 08:54:51-08', '2026-11-22T16:54:51.000Z'],
])('%s is %s', (text, moment) => {
  expect((parseTimestamp(text) as Date).toISOString()).toBe(moment)
})

it('without an end is infinite', () => {
  expect(parseTimestamp('infinity')).toBe(Infinity)
  expect(parseTimestamp('-infinity')).toBe(-Infinity)
})
