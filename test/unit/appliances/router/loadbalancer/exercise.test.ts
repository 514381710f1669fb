import { tried, unserved } from '@sysvm/router/loadbalancer/exercise'
import type { RuleState } from '@sysvm/router/loadbalancer/state'
import { listenersOf } from '@sysvm/router/loadbalancer/udp/table'
import { expect, test } from 'vitest'
import { parsed, rule } from './spec.ts'

test('one listener of each address is tried, one that members do not hear of first', () => {
  const rules = [
    rule({ id: 'tcp', port: 1, protocol: 'tcp' }),
    rule({ id: 'http', port: 2 }),
    rule({ id: 'late', port: 3, protocol: 'tcp' }),
    rule({ id: 'udp', port: 4, protocol: 'udp', address: '198.51.100.6' }),
    rule({ id: 'unasked', port: 5, protocol: 'tcp', address: '198.51.100.7', check: { kind: 'none' } }),
    rule({ id: 'closed', port: 6, address: '198.51.100.8', allow: ['192.0.2.0/24'] }),
    rule({ id: 'other', port: 7, protocol: 'tcp', address: '198.51.100.9' }),
  ]
  expect(tried(parsed({ rules })).map(({ id }) => id)).toEqual(['http', 'other'])
})

test('a rule is served while one of its members is, and none is missed where none is wanted', () => {
  const spec = parsed({ rules: [rule({ id: 'r', port: 1 })] })
  const says = (...statuses: readonly string[]): string | undefined => {
    const members = statuses.map((status, index) => ({
      ...{ id: `m${index + 1}`, address: `10.1.1.${10 + index}`, port: 8080, status, sessions: 0 },
      ...(status === 'DOWN' ? { check: 'L4CON' } : {}),
    }))
    return unserved(spec, [{ id: 'r', status: 'OPEN', sessions: 0, members } satisfies RuleState])
  }
  for (const status of ['UP', 'UP 1/3', 'no check', 'DRAIN']) expect(says('DOWN', status)).toBeUndefined()
  expect(says()).toBeUndefined()
  expect(says('DOWN', 'DOWN 1/2')).toBe(
    'No member of the load balancing rule r serves: 10.1.1.10:8080 L4CON, 10.1.1.11:8080 DOWN 1/2.',
  )
  const out = parsed({
    rules: [rule({ id: 'r', port: 1, members: [{ id: 'm1', address: '10.1.1.10', port: 1, state: 'maint' }] })],
  })
  const member = { id: 'm1', address: '10.1.1.10', port: 1, status: 'MAINT', sessions: 0 }
  expect(unserved(out, [{ id: 'r', status: 'OPEN', sessions: 0, members: [member] }])).toBeUndefined()
})

test('the listeners of a table that another agent left', () => {
  const set = { family: 'ip', name: 'listening', table: 'sysvm_lb_udp', elem: [{ concat: ['198.51.100.5', 53] }] }
  expect(listenersOf(JSON.stringify({ nftables: [{ metainfo: {} }, { set }] }))).toEqual([
    { address: '198.51.100.5', port: 53 },
  ])
  expect(listenersOf(JSON.stringify({ nftables: [{ set: { name: 'listening' } }] }))).toEqual([])
})
