import { clientNetworks } from '@sysvm/router/loadbalancer/clients'
import { wholeOf } from '@sysvm/router/loadbalancer/configuration'
import { inherited, readopted, serverDrift } from '@sysvm/router/loadbalancer/haproxy'
import { plan } from '@sysvm/router/loadbalancer/plan'
import type { ServerStateLine } from 'haproxy-config'
import { describe, expect, test } from 'vitest'
import { type Balancer, member, parsed, rule } from './spec.ts'

const UNIT = 'sysvm-haproxy.service'
const planned = (before: Balancer | undefined, after: Balancer | undefined) =>
  plan({
    before: before === undefined ? undefined : parsed(before),
    after: after === undefined ? undefined : parsed(after),
    files: [],
  }).map(({ verb, target, dropsFlows }) => [verb, target, dropsFlows])

const one: Balancer = { rules: [rule({ id: 'a', port: 1 })] }
const with3: Balancer = { rules: [rule({ id: 'a', port: 1, members: [member('m1', 10), member('m3', 13)] })] }

test('least disturbance first', () => {
  expect(planned(undefined, one)).toEqual([['start', UNIT, false]])
  expect(planned(one, one)).toEqual([])
  expect(planned(one, with3)).toEqual([['update', UNIT, false]])
  expect(planned(one, { rules: [...one.rules, rule({ id: 'b', port: 2 })] })).toEqual([['reload', UNIT, false]])
  expect(planned(one, undefined)).toEqual([['stop', UNIT, true]])
  expect(planned({ rules: [] }, { rules: [] })).toEqual([])
})

const line = (server: string, change: Partial<ServerStateLine> = {}): ServerStateLine => ({
  backend: 'to-a',
  server,
  address: '10.1.1.10',
  port: 8080,
  operational: 2,
  administrative: 0,
  weight: 100,
  text: '',
  ...change,
})

describe('drift', () => {
  const wanted = wholeOf(parsed({ rules: [rule({ id: 'a', port: 1, members: [member('m1', 10)] })] }))
  test.each<[string, readonly ServerStateLine[], readonly string[]]>([
    ['none', [line('m1')], []],
    ['a server that lingers is none', [line('m1'), line('old', { administrative: 1 })], []],
    ['a server less', [], ['haproxy lacks the server to-a/m1']],
    ['a server more', [line('m1'), line('new')], ['haproxy has the server to-a/new too much']],
    ['an address', [line('m1', { port: 1 })], ['haproxy has to-a/m1 at 10.1.1.10:1']],
    ['a weight', [line('m1', { weight: 1 })], ['haproxy gives to-a/m1 the weight 1, not 100']],
    ['maintenance', [line('m1', { administrative: 1 })], ['haproxy has to-a/m1 in maintenance']],
  ])('%s', (_, live, found) => {
    expect(serverDrift(wanted, live)).toEqual(found)
  })

  test('a successor inherits what is known of servers that stay as they are', () => {
    const live = [line('m1', { operational: 0 }), line('old')]
    expect(inherited(wanted, live)).toEqual([live[0]])
    expect(inherited(wanted, [line('m1', { administrative: 1 })])).toEqual([])
    expect(inherited(wanted, [line('m1', { port: 1 })])).toEqual([])
  })
})

test('a member that comes back while its last connections end is taken up again', () => {
  const server = { name: 'm1', address: '10.1.1.10:1', weight: 5, check: true } as const
  const commands = [
    { kind: 'add-server', backend: 'to-a', server },
    { kind: 'enable-health', backend: 'to-a', server: 'm1' },
    { kind: 'enable-server', backend: 'to-a', server: 'm1' },
  ] as const
  expect(readopted(commands, [])).toEqual(commands)
  expect(readopted(commands, [line('m1', { administrative: 1 })])).toEqual([
    { kind: 'set-address', backend: 'to-a', server: 'm1', address: '10.1.1.10:1' },
    { kind: 'set-weight', backend: 'to-a', server: 'm1', weight: 5 },
    commands[2],
  ])
})

test('networks of clients: none within another', () => {
  expect(clientNetworks([])).toEqual(['0.0.0.0/0'])
  expect(clientNetworks(['10.1.2.3/16', '10.0.0.0/8', '192.0.2.1/32', '10.0.0.0/8'])).toEqual([
    '10.0.0.0/8',
    '192.0.2.1/32',
  ])
})
