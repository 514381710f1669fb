import { canonical6, contains6, eui64, fromBigInt, Ipv6, overlaps6, parseCidr6, toBigInt } from '@sysvm/agent/spec'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('every number has one address and every address its number', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
      expect(toBigInt(fromBigInt(value))).toBe(value)
      expect(Ipv6.safeParse(fromBigInt(value)).success).toBe(true)
    }),
  )
})

test.each([
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['::', '::'],
  ['fe80::1%eth0', undefined],
  ['::ffff:10.0.0.1', undefined],
  ['10.0.0.1', undefined],
  ['2001:db8::1\n', undefined],
  ['2001:db8:::1', undefined],
])('%s is %s', (text, wanted) => {
  expect(canonical6(text)).toBe(wanted)
  expect(Ipv6.safeParse(text).success).toBe(wanted === text)
})

test('a network holds its first and its last address', () => {
  expect(parseCidr6('2001:db8:1:2::7/64')).toMatchObject({ network: '2001:db8:1:2::', prefix: 64 })
  expect(contains6('2001:db8::/64', '2001:db8::ffff:ffff:ffff:ffff')).toBe(true)
  expect(contains6('2001:db8::/64', '2001:db8:0:1::')).toBe(false)
  expect(overlaps6('2001:db8::/32', '2001:db8:7::/48')).toBe(true)
  expect(overlaps6('2001:db8:6::/48', '2001:db8:7::/48')).toBe(false)
})

test('the address a nic gives itself', () => {
  expect(eui64('2001:db8:1::/64', '02:00:00:00:00:01')).toBe('2001:db8:1::ff:fe00:1')
})
