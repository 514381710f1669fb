import { peersDiffer, peersOf } from '@sysvm/router/loadbalancer/pairing'
import { plan } from '@sysvm/router/loadbalancer/plan'
import { render } from '@sysvm/router/loadbalancer/render'
import type { RouterServices } from '@sysvm/router/spec'
import { expect, test } from 'vitest'
import { baseSpec, wholeOf } from '../whole.ts'
import { everyRule, parsed, whole } from './spec.ts'

const [control, guest, outer] = baseSpec.interfaces.interfaces
const paired = (rank: 'first' | 'second') =>
  wholeOf({
    ...baseSpec,
    interfaces: { interfaces: [control, { ...guest, own: ['10.1.1.2/24'] }, { ...outer, own: [] }] },
    redundancy: { device: 'eth1', peer: { address: '10.1.1.3', mac: '02:00:0a:01:01:02' }, rank, advertMs: 100 },
  } as unknown as RouterServices)

const configOf = (...[within]: readonly Parameters<typeof render>[1][]): string =>
  render(parsed(everyRule), within ?? whole(everyRule)).files.find(({ path }) => path.endsWith('haproxy.cfg'))?.text ??
  ''

test('of two routers each tells the other one of its tables, between their own addresses', () => {
  expect(peersOf(paired('first'))).toEqual({
    name: 'successor',
    local: 'first',
    peers: [
      { name: 'first', address: '10.1.1.2:3781' },
      { name: 'second', address: '10.1.1.3:3781' },
    ],
  })
  expect(peersOf(paired('second')).peers.map(({ name }) => name)).toEqual(['second', 'first'])
  const text = configOf(paired('first'))
  expect(text).toContain('    localpeer first\n')
  expect(text).toContain('peers successor\n    peer first 10.1.1.2:3781\n    peer second 10.1.1.3:3781\n')
})

test('another peer is a reload, and nothing else of the file is', () => {
  const path = 'loadbalancer/haproxy.cfg'
  const [alone, first] = [configOf(), configOf(paired('first'))]
  const files = [{ path, before: alone, after: first }]
  expect(peersDiffer(files)).toBe(true)
  expect(peersDiffer([{ path, before: first, after: first.replace(/maxconn \d+/, 'maxconn 1') }])).toBe(false)
  expect(peersDiffer([{ path, before: undefined, after: first }])).toBe(false)
  const spec = parsed(everyRule)
  expect(plan({ before: spec, after: spec, files }).map(({ verb, target }) => `${verb} ${target}`)).toEqual([
    'reload sysvm-haproxy.service',
  ])
})
