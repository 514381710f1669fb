import { diagnosticRequest } from '@sysvm/manager/api/diagnosis/arguments'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

test.each([
  ['ping', undefined, {}],
  ['ping', '', {}],
  ['ping', ' -c 5  -s 1400 -t 3 -I eth12 ', { count: 5, size: 1400, ttl: 3, device: 'eth12' }],
  ['traceroute', '-m 5 -q 2', { hops: 5, queries: 2 }],
  ['arping', '-I eth1 -c 1', { device: 'eth1', count: 1 }],
] as const)('%s %s', (kind, params, fields) => {
  expect(diagnosticRequest(kind, '10.1.1.1', params)).toEqual({ kind, target: '10.1.1.1', ...fields })
})

describe('is refused, and the parameter named', () => {
  test.each([
    ['ping', '-f'],
    ['ping', '-c'],
    ['ping', '-c 0'],
    ['ping', '-c 21'],
    ['ping', '-c 1e3'],
    ['ping', '-c 5 -c 6'],
    ['ping', '-c 5;reboot'],
    ['ping', '-I lo'],
    ['ping', '-I eth1;reboot'],
    ['ping', '-c 5 10.1.1.9'],
    ['ping', '--help'],
    ['ping', '-c5'],
    ['ping', 'constructor 1'],
    ['ping', '__proto__ 1'],
    ['traceroute', '-c 5'],
    ['traceroute', '-m 31'],
    ['arping', '-s 10.1.1.1'],
    ['arping', '-I $(reboot)'],
    ['arping', '-c 1\n-I eth1\n-f'],
  ] as const)('%s %s', (kind, params) => {
    expect(() => diagnosticRequest(kind, '10.1.1.1', params)).toThrow(
      expect.objectContaining({ code: 'SYSVM_API_PARAMETER', details: { parameter: 'params' } }),
    )
  })
})

test('whatever is let through is a number or a device', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (params) => {
      try {
        const { kind: _, target: __, ...fields } = diagnosticRequest('ping', '10.1.1.1', params)
        for (const value of Object.values(fields)) expect(String(value)).toMatch(/^(\d{1,5}|eth\d{1,3})$/)
      } catch (error) {
        expect(error).toMatchObject({ code: 'SYSVM_API_PARAMETER' })
      }
    }),
  )
})
