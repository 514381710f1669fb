import { allowedAddresses } from '@sysvm/manager/orchestration/guest/addresses'
import { expect, test } from 'vitest'

const none = { mac: '02:00:00:00:00:01', address: null, address6: null, ip6cidr: null, further: [] }

test('a guest may send from what is its own, and from nothing else', () => {
  expect(allowedAddresses(none)).toEqual([])
  expect(allowedAddresses({ ...none, address: '10.1.1.2/32', further: ['10.1.1.9'] })).toEqual(['10.1.1.2', '10.1.1.9'])
  const six = { ...none, address: '10.1.1.2', ip6cidr: '2001:db8:1::/64' }
  expect(allowedAddresses(six)).toEqual(['10.1.1.2', '2001:db8:1::ff:fe00:1'])
  expect(allowedAddresses({ ...six, address6: '2001:db8:1::22/128' })).toEqual([
    '10.1.1.2',
    '2001:db8:1::22',
    '2001:db8:1::ff:fe00:1',
  ])
})
