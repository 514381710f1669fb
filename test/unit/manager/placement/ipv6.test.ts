import { freeSubnet, subnetsOf } from '@sysvm/manager/placement/ipv6'
import { expect, test } from 'vitest'

test.each([
  ['2001:db8::/48', [], '2001:db8::/64'],
  ['2001:db8::/48', ['2001:db8::/64'], '2001:db8:0:1::/64'],
  ['2001:db8::/48', ['2001:db8::/64', '2001:db8:0:2::/64'], '2001:db8:0:1::/64'],
  ['2001:db8::/63', ['2001:db8::/64', '2001:db8:0:1::/64'], undefined],
  ['2001:db8::/64', ['2001:db9::/64'], '2001:db8::/64'],
])('the first free /64 of %s beside %j is %s', (prefix, taken, free) => {
  expect(freeSubnet(prefix, taken)).toBe(free)
})

test('how many networks a prefix is enough for', () => {
  expect([subnetsOf('2001:db8::/64'), subnetsOf('2001:db8::/56'), subnetsOf('2001:db8::/48')]).toEqual([1, 256, 65536])
})
