import { cidrs, formatRate, limitsOf, rate, timeoutsOf } from '@sysvm/manager/api/loadbalancer/parameters'
import { describe, expect, it } from 'vitest'

describe('a list of client networks', () => {
  it('is in one spelling without repetition', () => {
    expect(cidrs('').schema.parse('192.0.2.9/24, 192.0.2.0/24,0.0.0.0/0, 192.0.2.7')).toEqual([
      '192.0.2.0/24',
      '0.0.0.0/0',
      '192.0.2.7/32',
    ])
  })
  it.each(['192.0.2.0\n/24', '192.0.2.0/33', '10.0.0.0/8,', 'all', '010.0.0.0/8'])('is not %j', (text) => {
    expect(cidrs('').schema.safeParse(text).success).toBe(false)
  })
})

describe('a rate', () => {
  it('is a count in seconds', () => {
    expect(rate('').schema.parse('100/10s')).toEqual({ count: 100, seconds: 10 })
    expect(formatRate({ count: 100, seconds: 10 })).toBe('100/10s')
    expect(formatRate(undefined)).toBeUndefined()
  })
  it.each(['100', '100/10', '0/10s', '1/0s', '1/3601s', '1000001/1s', '1/1s\n', '-1/1s', '1 / 1s'])(
    'is not %j',
    (text) => {
      expect(rate('').schema.safeParse(text).success).toBe(false)
    },
  )
})

it('limits and timeouts are those that were given', () => {
  const nothing = Object.fromEntries(
    ['maxconnections', 'connectionspersource', 'connectionrate', 'requestrate'].map((name) => [name, undefined]),
  ) as never as Parameters<typeof limitsOf>[0]
  expect(limitsOf({ ...nothing, maxconnections: 5 })).toEqual({ maxConnections: 5 })
  expect(timeoutsOf({ ...nothing, timeoutclient: 7, timeouthttpkeepalive: 9 })).toEqual({
    client: 7,
    httpKeepAlive: 9,
  })
})
