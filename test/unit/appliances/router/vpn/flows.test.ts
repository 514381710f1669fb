import { VpnSpec } from '@sysvm/router/spec'
import { astray, remoteOf } from '@sysvm/router/vpn/flows'
import { expect, test } from 'vitest'
import { access } from './remoteaccess/spec.ts'
import { connection } from './spec.ts'

const flow = (source: string, destination: string, seenAs = source) => ({
  protocol: 'udp',
  original: { source, destination },
  reply: { source: destination, destination: seenAs },
})

test('what began before its tunnel, or outlives it, ends; what goes through a tunnel or elsewhere goes on', () => {
  const [inside, translated] = [flow('10.1.1.1', '10.200.1.1'), flow('10.1.1.2', '10.200.1.1', '198.51.100.5')]
  const [gone, back] = [flow('10.1.1.3', '10.200.2.1'), flow('10.200.2.1', '10.1.1.3')]
  const elsewhere = flow('10.1.1.4', '192.0.2.1', '198.51.100.5')
  const all = [inside, translated, gone, back, elsewhere]
  expect(astray(all, ['10.200.1.0/24', '10.200.2.0/24'], ['10.200.1.0/24'])).toEqual([translated, gone, back])
})

test('who stays behind a tunnel keeps what he has, whatever its networks are called', () => {
  const [kept, gone] = [flow('10.1.1.1', '10.9.0.3'), flow('10.1.1.1', '10.9.0.12')]
  expect(astray([kept, gone], ['10.9.0.0/28'], ['10.9.0.0/29'])).toEqual([gone])
})

test('people are behind tunnels as other sites are', () => {
  const spec = VpnSpec.parse({ connections: [connection(1)], remoteAccess: access() })
  expect(remoteOf(spec)).toEqual(['10.200.1.0/24', '10.9.0.1/32', '10.9.0.2/31', '10.9.0.4/30', '10.9.0.8/31'])
  expect(remoteOf(undefined)).toEqual([])
})
