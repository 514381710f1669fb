import { reverseZones } from '@sysvm/router/dns/reverse'
import { expect, test } from 'vitest'

test.each([
  ['10.1.1.0/24', ['1.1.10.in-addr.arpa']],
  ['192.0.2.128/26', ['2.0.192.in-addr.arpa']],
  ['198.51.100.0/23', ['100.51.198.in-addr.arpa', '101.51.198.in-addr.arpa']],
  ['10.0.0.0/8', ['10.in-addr.arpa']],
  ['2001:db8::/32', ['8.b.d.0.1.0.0.2.ip6.arpa']],
  ['2001:db8:1:2::/64', ['2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa']],
  ['2001:db8::/31', ['8.b.d.0.1.0.0.2.ip6.arpa', '9.b.d.0.1.0.0.2.ip6.arpa']],
])('%s', (cidr, zones) => {
  expect(reverseZones(cidr)).toEqual(zones)
})
