import { announcements } from '@sysvm/router/interfaces/announce'
import { convergeCommands, missingDevices, releaseCommands } from '@sysvm/router/interfaces/converge'
import type { Live } from '@sysvm/router/interfaces/live'
import { livePolicy, policyOf } from '@sysvm/router/interfaces/policy'
import { expect, test } from 'vitest'
import { baseSpec } from './whole.ts'

const spec = baseSpec.interfaces
const link = (ifname: string, address: string, addresses: readonly string[], flags: readonly string[] = ['UP']) => ({
  ifname,
  address,
  mtu: 1500,
  flags,
  addr_info: addresses.map((cidr) => {
    const [local = '', length] = cidr.split('/')
    return { family: 'inet', local, prefixlen: Number(length) }
  }),
})
const [control, guest, outer] = spec.interfaces
const settled: Live = {
  links: [
    link('eth0', control.mac, ['169.254.1.2/16']),
    link('eth1', guest.mac, ['10.1.1.1/24', '169.254.169.254/32']),
    link('eth2', outer.mac, ['198.51.100.5/24']),
  ],
  defaults: [{ gateway: '198.51.100.1' }],
}
const withLinks = (...links: Live['links']): Live => ({ ...settled, links })
const [eth0, eth1, eth2] = settled.links as [Live['links'][0], Live['links'][0], Live['links'][0]]

test('nothing is done to a machine that is as it should be', () => {
  expect(convergeCommands(spec, settled)).toEqual([])
})

test('everything is made on a bare machine', () => {
  const bare = { links: [eth0, link('eth1', guest.mac, [], []), link('eth2', outer.mac, [], [])], defaults: [] }
  expect(convergeCommands(spec, bare)).toEqual([
    'address add 10.1.1.1/24 dev eth1',
    'address add 169.254.169.254/32 dev eth1',
    'link set dev eth1 up',
    'address add 198.51.100.5/24 dev eth2',
    'link set dev eth2 up',
    'route replace default via 198.51.100.1',
  ])
})

test('addresses that the spec does not name go', () => {
  const stray = link('eth2', outer.mac, ['198.51.100.5/24', '198.51.100.9/24'])
  expect(convergeCommands(spec, withLinks(eth0, eth1, stray))).toEqual(['address del 198.51.100.9/24 dev eth2'])
})

test('the control device keeps its addresses, whatever they are', () => {
  const odd = link('eth0', control.mac, ['169.254.1.2/16', '169.254.7.7/16'])
  expect(convergeCommands(spec, withLinks(odd, eth1, eth2))).toEqual([])
})

test('a new first address comes before the one that was first', () => {
  const interfaces = [control, guest, { ...outer, addresses: ['198.51.100.4/24', '198.51.100.5/24'] }]
  expect(convergeCommands({ ...spec, interfaces }, settled)).toEqual([
    'address del 198.51.100.5/24 dev eth2',
    'address add 198.51.100.4/24 dev eth2',
    'address add 198.51.100.5/24 dev eth2',
    // With its only address the device lost the route.
    'route replace default via 198.51.100.1',
  ])
})

test('a second address is added beside the first', () => {
  const interfaces = [control, guest, { ...outer, addresses: ['198.51.100.5/24', '198.51.100.6/24'] }]
  expect(convergeCommands({ ...spec, interfaces }, settled)).toEqual(['address add 198.51.100.6/24 dev eth2'])
})

test('a nic that was plugged in under another name is given its own', () => {
  const late = link('eth5', outer.mac, [], [])
  expect(convergeCommands(spec, withLinks(eth0, eth1, late)).slice(0, 3)).toEqual([
    'link set dev eth5 down',
    'link set dev eth5 name sysvm-nic0',
    'link set dev sysvm-nic0 name eth2',
  ])
})

test('the MTU follows the spec', () => {
  const interfaces = [control, { ...guest, mtu: 1450 }, outer]
  expect(convergeCommands({ ...spec, interfaces }, settled)).toEqual(['link set dev eth1 mtu 1450'])
})

test('without gateway there is no default route', () => {
  expect(convergeCommands({ interfaces: [...spec.interfaces] }, settled)).toEqual([
    'route del default via 198.51.100.1',
  ])
})

test('a nic that is not there is named', () => {
  expect(missingDevices(spec, withLinks(eth0, eth2))).toEqual(['eth1'])
})

test('what was added is announced, host addresses aside', () => {
  const commands = [
    'address del 10.1.1.9/24 dev eth1',
    'address add 10.1.1.1/24 dev eth1',
    'address add 169.254.169.254/32 dev eth1',
    'link set dev eth1 up',
  ]
  expect(announcements(commands)).toEqual([['arping', '-q', '-U', '-c', '1', '-I', 'eth1', '10.1.1.1']])
})

test('a device that left the spec keeps no address, and the control device always does', () => {
  const without = { ...spec, interfaces: [control, guest] }
  expect(releaseCommands(spec, without, settled)).toEqual(['address flush dev eth2', 'link set dev eth2 down'])
  expect(releaseCommands(spec, undefined, settled)).toEqual([
    'address flush dev eth1',
    'link set dev eth1 down',
    'address flush dev eth2',
    'link set dev eth2 down',
  ])
  expect(releaseCommands(spec, spec, settled)).toEqual([])
  expect(releaseCommands(undefined, spec, settled)).toEqual([])
})

test('two uplinks have a table and rules each, and one has none', () => {
  const second = {
    ...{ device: 'eth3', mac: '02:00:00:00:03:00', role: 'public' as const },
    ...{ addresses: ['203.0.113.5/24'], gateways: ['203.0.113.1'] },
  }
  const two = { ...spec, interfaces: [...spec.interfaces, second] }
  const live = withLinks(eth0, eth1, eth2, link('eth3', second.mac, second.addresses))
  const [one, other] = [0xc6336401, 0xcb007101]
  const made = [
    `route replace default via 198.51.100.1 dev eth2 table ${one}`,
    `route replace default via 203.0.113.1 dev eth3 table ${other}`,
    `rule add pref 1000 to 203.0.113.0/24 fwmark ${one} lookup ${one}`,
    `rule add pref 1000 from 198.51.100.0/24 to 203.0.113.0/24 iif lo lookup ${one}`,
    `rule add pref 1000 to 198.51.100.0/24 fwmark ${other} lookup ${other}`,
    `rule add pref 1000 from 203.0.113.0/24 to 198.51.100.0/24 iif lo lookup ${other}`,
    'rule add pref 1001 lookup main suppress_prefixlength 0',
    `rule add pref 1002 fwmark ${one} lookup ${one}`,
    `rule add pref 1002 from 198.51.100.0/24 iif lo lookup ${one}`,
    `rule add pref 1002 fwmark ${other} lookup ${other}`,
    `rule add pref 1002 from 203.0.113.0/24 iif lo lookup ${other}`,
  ]
  expect(convergeCommands(two, live)).toEqual(made)
  const settledTwo = { ...live, policy: policyOf(two) }
  expect(convergeCommands(two, settledTwo)).toEqual([])
  const gone = convergeCommands(spec, settledTwo)
  expect(gone.filter((line) => line.startsWith('rule del'))).toHaveLength(9)
  expect(gone.filter((line) => line.startsWith('route del default table'))).toHaveLength(2)
})

test('the policy is read as ip prints it, and what is not ours is left alone', () => {
  const rules = [
    { priority: 0, src: 'all', table: 'local' },
    { priority: 1000, src: 'all', dst: '203.0.113.0', dstlen: 24, fwmark: '0xc6336401', table: '3325256705' },
    { priority: 1001, src: 'all', table: 'main', suppress_prefixlen: 0 },
    { priority: 1002, src: '198.51.100.0', srclen: 24, iif: 'lo', table: '3325256705' },
    { priority: 32766, src: 'all', table: 'main' },
  ]
  const routes = [
    { gateway: '198.51.100.1', dev: 'eth2' },
    { gateway: '198.51.100.1', dev: 'eth2', table: '3325256705' },
    { gateway: '10.0.0.9', dev: 'eth2', table: '999', protocol: 'bgp' },
  ]
  expect(livePolicy(rules, routes)).toEqual({
    rules: [
      'pref 1000 to 203.0.113.0/24 fwmark 3325256705 lookup 3325256705',
      'pref 1001 lookup main suppress_prefixlength 0',
      'pref 1002 from 198.51.100.0/24 iif lo lookup 3325256705',
    ],
    tables: new Map([['3325256705', 'via 198.51.100.1 dev eth2']]),
  })
})
