import { contains } from '@sysvm/agent/spec'
import { coverOf } from '@sysvm/router/cover'
import { deletionsOf, type Flow } from '@sysvm/router/flows'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test.each<readonly [readonly string[], readonly string[], readonly string[]]>([
  [['10.0.0.1', '10.0.0.2'], [], ['0.0.0.0/0']],
  [['10.0.0.1'], ['10.0.0.0'], ['10.0.0.1/32']],
  [['192.0.2.1', '192.0.2.9'], ['10.0.0.1'], ['128.0.0.0/1']],
  [['2001:db8::1'], ['2001:db8::2'], ['2001:db8::/127']],
  [[], ['10.0.0.1'], []],
])('%j without %j are %j', (wanted, kept, networks) => {
  expect(coverOf(wanted, kept)).toEqual(networks)
})

test('all that are wanted are held, and none that is kept', () => {
  const address = fc.integer({ min: 0, max: 255 }).map((octet) => `10.1.${octet & 3}.${octet}`)
  fc.assert(
    fc.property(fc.uniqueArray(address), fc.uniqueArray(address), (wanted, all) => {
      const kept = all.filter((one) => !wanted.includes(one))
      const networks = coverOf(wanted, kept)
      const held = (one: string): boolean => networks.some((network) => contains(network, one))
      expect([wanted.every(held), kept.some(held)]).toEqual([true, false])
    }),
  )
})

test('clients of other networks than those that stay go by few lines', () => {
  const flow = (source: string): Flow => ({
    protocol: 'udp',
    original: { source, destination: '198.51.100.5', sourcePort: 9, destinationPort: 53 },
    reply: { source: '10.1.1.10', destination: source, sourcePort: 53, destinationPort: 9 },
  })
  const all = Array.from({ length: 4096 }, (_, index) => flow(`198.18.${index >> 8}.${index & 255}`))
  const lines = deletionsOf(all.slice(16), all)
  expect(lines.length).toBeLessThan(40)
  expect(lines).toContain('-D -p udp -d 198.51.100.5 --dport 53 -s 198.18.0.16/28')
})
