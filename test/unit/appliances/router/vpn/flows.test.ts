import { astray } from '@sysvm/router/vpn/flows'
import { expect, test } from 'vitest'

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
