import { type Check, checkOf, checkParameters } from '@sysvm/manager/api/lbhealthcheck/parameters'
import { describe, expect, it } from 'vitest'

const nothing = Object.fromEntries(
  Object.keys(checkParameters).map((name) => [name, undefined]),
) as never as Parameters<typeof checkOf>[1]
const defaults = { codes: null, port: null, timeout: 5, interval: 5, healthy: 2, unhealthy: 3 }

describe('a health check', () => {
  it('is of the kind that fits the protocol and what is given', () => {
    expect(checkOf('tcp', nothing)).toEqual({ ...defaults, kind: 'tcp', path: null })
    expect(checkOf('http', nothing)).toEqual({ ...defaults, kind: 'http', path: '/' })
    expect(checkOf('udp', nothing)).toEqual({ ...defaults, kind: 'icmp', path: null })
    expect(checkOf('tcp', { ...nothing, pingpath: '/up' })).toEqual({ ...defaults, kind: 'http', path: '/up' })
    expect(() => checkOf('tcp', { ...nothing, pingpath: '/up', checktype: 'tcp' })).toThrow(
      'Parameter pingpath: it is for checks of type http, not tcp.',
    )
  })

  it('keeps what a change does not name', () => {
    const before: Check = { ...defaults, kind: 'http', path: '/up', codes: '200', port: 81 }
    expect(checkOf('http', { ...nothing, intervaltime: 9 }, before)).toEqual({ ...before, interval: 9 })
    expect(checkOf('http', { ...nothing, checktype: 'tcp' }, before)).toEqual({
      ...before,
      kind: 'tcp',
      path: null,
      codes: null,
    })
  })

  it.each([
    ['pingpath', '/a b'],
    ['pingpath', '/a\r\nHost: x'],
    ['pingpath', '/a"b'],
    ['pingpath', 'a'],
    ['pingpath', '/#'],
    ['httpcodes', '200 404'],
    ['httpcodes', '200\n'],
    ['httpcodes', '999'],
    ['checktype', 'https'],
    ['intervaltime', '0'],
    ['healthythreshold', '21'],
    ['checkport', '65536'],
  ] as const)('has no %s %j', (name, value) => {
    expect(checkParameters[name].schema.safeParse(value).success).toBe(false)
  })
})
