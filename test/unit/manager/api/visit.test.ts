import { BlockList } from 'node:net'
import { addressOf } from '@sysvm/manager/api/visit'
import { expect, it } from 'vitest'

const proxies = new BlockList()
proxies.addSubnet('192.0.2.0', 24, 'ipv4')
proxies.addAddress('2001:db8::1', 'ipv6')

const from = (remoteAddress: string, forwarded?: string) =>
  addressOf({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } } as never, proxies)

it.each([
  ['198.51.100.1', undefined, '198.51.100.1'],
  ['::ffff:198.51.100.1', undefined, '198.51.100.1'],
  // Who is no proxy may write what it likes.
  ['198.51.100.1', '203.0.113.9', '198.51.100.1'],
  ['192.0.2.1', '203.0.113.9', '203.0.113.9'],
  ['::ffff:192.0.2.1', '10.0.0.1, 203.0.113.9, 192.0.2.7', '203.0.113.9'],
  ['2001:db8::1', '2001:db8:5::1', '2001:db8:5::1'],
  ['192.0.2.1', undefined, '192.0.2.1'],
  ['192.0.2.1', 'nonsense, 192.0.2.2', '192.0.2.1'],
])('%s that forwards for %s is %s', (peer, forwarded, expected) => {
  expect(from(peer, forwarded)).toBe(expected)
})

it('believes nobody unless told', () => {
  const request = { socket: { remoteAddress: '192.0.2.1' }, headers: { 'x-forwarded-for': '203.0.113.9' } } as never
  expect(addressOf(request)).toBe('192.0.2.1')
})
