import type { AccountingState, Traffic } from '@sysvm/router/accounting/state'
import type { RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LabHttpServer, type Namespace, serveHttp, until } from './index.ts'
import { fetchPage, pings, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

let topology: Topology
let guest: Namespace
let page: LabHttpServer
const { interfaces, firewall, nat } = baseSpec
const spec = {
  ...{ interfaces, firewall, nat },
  accounting: { addresses: ['198.51.100.5'], guests: ['10.1.1.10', '10.1.1.11', '2001:db8::10'] },
} satisfies RouterServices

beforeAll(async () => {
  topology = await openTopology('accounting')
  await topology.router.commit(spec)
  page = await serveHttp(topology.outside, { address: '198.51.100.1' })
  topology.lab.defer(() => page.close())
  guest = await topology.guest('one', '02:00:00:00:00:01')
  await useAddress(guest, '10.1.1.10/24')
  // Neighbours find each other first: what is counted below is counted exactly.
  await until('the outside answers', () => pings(guest, '198.51.100.1'))
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

const counted = async (): Promise<{ readonly address: Traffic; readonly guest: Traffic; readonly other: Traffic }> => {
  const { addresses, guests } = (await topology.router.state('accounting')) as AccountingState
  const of = (all: readonly Traffic[], address: string): Traffic => {
    const found = all.find((entry) => entry.address === address)
    if (found === undefined) throw new Error(`${address} is not counted`)
    return found
  }
  return {
    address: of(addresses, '198.51.100.5'),
    guest: of(guests, '10.1.1.10'),
    other: of(guests, '10.1.1.11'),
  }
}

/** One echo of 84 bytes, there and back. */
const ping = async (): Promise<void> => expect(await pings(guest, '198.51.100.1')).toBe(true)

test('what a guest sends and gets is counted for it and for the public address it uses, exactly', async () => {
  const before = await counted()
  await ping()
  const after = await counted()
  const echo = { receivedBytes: 84, receivedPackets: 1, sentBytes: 84, sentPackets: 1 }
  expect(difference(before.guest, after.guest)).toEqual(echo)
  expect(difference(before.address, after.address)).toEqual(echo)
  expect(after.other).toEqual({
    address: '10.1.1.11',
    receivedBytes: 0,
    receivedPackets: 0,
    sentBytes: 0,
    sentPackets: 0,
  })
  await fetchPage(guest, 'http://198.51.100.1/')
  expect((await counted()).guest.receivedBytes).toBeGreaterThan(after.guest.receivedBytes)
})

test('what it sends to the router itself counts as well, as do the answers: so do those of members to haproxy', async () => {
  expect(await pings(guest, '10.1.1.1')).toBe(true)
  const before = await counted()
  expect(await pings(guest, '10.1.1.1')).toBe(true)
  const after = await counted()
  const echo = { receivedBytes: 84, receivedPackets: 1, sentBytes: 84, sentPackets: 1 }
  expect(difference(before.guest, after.guest)).toEqual(echo)
  expect(difference(before.address, after.address)).toEqual({
    receivedBytes: 0,
    receivedPackets: 0,
    sentBytes: 0,
    sentPackets: 0,
  })
})

const difference = (a: Traffic, b: Traffic) => ({
  receivedBytes: b.receivedBytes - a.receivedBytes,
  receivedPackets: b.receivedPackets - a.receivedPackets,
  sentBytes: b.sentBytes - a.sentBytes,
  sentPackets: b.sentPackets - a.sentPackets,
})

test('commits, a whole new ruleset and another set of addresses lose nothing', async () => {
  const { router } = topology
  const before = await counted()
  await router.commit({ ...spec, accounting: { addresses: ['198.51.100.5'], guests: ['10.1.1.11'] } })
  await ping()
  expect((await counted()).guest).toEqual(before.guest)
  expect((await counted()).address.sentBytes).toBe(before.address.sentBytes + 84)
  await router.commit(spec)
  await ping()
  expect((await counted()).guest.sentBytes).toBe(before.guest.sentBytes + 84)
  expect(await router.drift()).toEqual([])
})

test('after a reboot the kernel counts from zero, and the sums go on', async () => {
  const { router } = topology
  const before = await counted()
  // What a boot does: the table is gone, the disk is not, and nothing is known of before.
  await router.effects.run(['nft', 'delete', 'table', 'inet', 'sysvm_accounting'])
  expect(await router.drift()).toEqual(['the table of counters is missing'])
  const { accounting: _, ...off } = spec
  await router.commit(off)
  await router.commit(spec)
  expect((await counted()).guest).toEqual(before.guest)
  await ping()
  expect((await counted()).guest.sentPackets).toBe(before.guest.sentPackets + 1)
})

test('thousands of guests are elements of the same few rules', async () => {
  const { router } = topology
  const guests = Array.from({ length: 3000 }, (_, index) => `10.1.${2 + Math.floor(index / 250)}.${1 + (index % 250)}`)
  await router.commit({ ...spec, accounting: { addresses: [], guests: ['10.1.1.10', ...guests] } })
  await ping()
  const { stdout } = await router.effects.run(['nft', '-j', '-t', 'list', 'table', 'inet', 'sysvm_accounting'])
  const rules = (JSON.parse(stdout) as { nftables: object[] }).nftables.filter((entry) => 'rule' in entry)
  expect(rules).toHaveLength(10)
  expect(await router.drift()).toEqual([])
  await router.commit(spec)
})
