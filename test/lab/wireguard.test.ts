import { newKeyPair } from '@sysvm/manager/wireguard/keys'
import type { RouterServices, WireGuardState } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHome } from './home.ts'
import { type Namespace, until } from './index.ts'
import { patienceSeconds } from './patience.ts'
import { watchClear } from './router/clear.ts'
import { useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'
import { startWireGuard, type WireGuardClient } from './wireguard/client.ts'
import { newWireGuardUser, type Peer, SERVER, wireGuardOf } from './wireguard/users.ts'

const UNIT = 'sysvm-wireguard.service'
const server = newKeyPair()
const newUser = (user: string, address: string) => newWireGuardUser(user, address, server.publicKey)

const [ann, ben, again] = [newUser('ann', '10.9.0.1'), newUser('ben', '10.9.0.2'), newUser('ann', '10.9.0.1')]

const specOf = (...peers: readonly Peer[]): RouterServices => ({
  interfaces: baseSpec.interfaces as unknown as RouterServices['interfaces'],
  firewall: baseSpec.firewall,
  nat: baseSpec.nat as unknown as RouterServices['nat'],
  dns: baseSpec.dns as unknown as NonNullable<RouterServices['dns']>,
  wireguard: wireGuardOf(server.privateKey, peers),
})

let topology: Topology
let guest: Namespace
let homes: readonly [Namespace, Namespace]
let [annAt, benAt]: WireGuardClient[] = []

const pings = (from: Namespace, to: string, ...more: readonly string[]): Promise<boolean> =>
  from.exec(['ping', '-c', '1', '-W', patienceSeconds(1), ...more, to]).then(
    () => true,
    () => false,
  )
const reaches = (from: Namespace, to: string): Promise<unknown> => until(`${to} answers`, () => pings(from, to))

const stateOf = async (): Promise<WireGuardState> => (await topology.router.state('wireguard')) as WireGuardState

beforeAll(async () => {
  topology = await openTopology('wireguard')
  const { lab, outside } = topology
  await outside.sysctl('net.ipv4.ip_forward', 1)
  await outside.ip(['address', 'add', '10.9.0.9/32', 'dev', 'lo'])
  guest = await topology.guest('one', '02:00:00:00:00:01')
  await useAddress(guest, '10.1.1.10/24')
  homes = [await openHome(lab, outside, 'ann', 1), await openHome(lab, outside, 'ben', 5)]
})
afterAll(() => topology?.[Symbol.asyncDispose]())

test('who has a configuration reaches guests and names untranslated, and is reached', async () => {
  expect(await topology.router.commit(specOf(ann.peer, ben.peer))).toContainEqual({
    ...{ verb: 'start', target: 'WireGuard wg0', why: 'it is new in the spec', dropsFlows: false },
  })
  expect(await topology.router.drift()).toEqual([])
  annAt = await startWireGuard(topology.lab, homes[0], ann.configuration)
  benAt = await startWireGuard(topology.lab, homes[1], ben.configuration)
  const seen = await guest.spawn(['tcpdump', '-lni', 'eth0', 'icmp'])
  await until('tcpdump listens', () => seen.output().includes('listening'))
  await reaches(homes[0], '10.1.1.10')
  await reaches(homes[1], '10.1.1.10')
  await until('the guest saw who they are', () =>
    ['10.9.0.1', '10.9.0.2'].every((from) => seen.output().includes(`IP ${from} > 10.1.1.10`)),
  )
  await seen.stop('SIGINT')
  await reaches(guest, '10.9.0.1')
  const { stdout } = await homes[0].exec(['busybox', 'nslookup', 'vm-2.cs1.internal', '10.1.1.1'])
  expect(stdout).toContain('10.1.1.11')
  expect((await stateOf()).peers).toEqual([
    {
      ...{ user: 'ann', address: '10.9.0.1', from: expect.stringMatching(/^192\.0\.2\.2:\d+$/) },
      ...{ handshake: expect.any(Number), received: expect.any(Number), sent: expect.any(Number) },
    },
    expect.objectContaining({ user: 'ben', from: expect.stringMatching(/^192\.0\.2\.6:\d+$/) }),
  ])
})

test('what is for no guest network leaves by no other way', async () => {
  const inClear = await watchClear(topology.outside, '10.1.77.1')
  expect(await pings(homes[0], '10.1.77.1')).toBe(false)
  expect(await inClear()).toEqual([])
})

test('in clear nobody has an address of it, and none is reached', async () => {
  const { outside, router } = topology
  await outside.ip(['route', 'replace', '10.1.1.0/24', 'via', SERVER, 'table', '99'])
  await outside.ip(['rule', 'add', 'from', '10.9.0.9', 'lookup', '99', 'priority', '10'])
  expect(await pings(outside, '10.1.1.10', '-I', '10.9.0.9')).toBe(false)
  const { stdout } = await router.effects.run([
    'nft',
    '-j',
    'list',
    'counter',
    'inet',
    'sysvm_filter',
    'wireguard_spoofed',
  ])
  expect(stdout).toMatch(/"packets": [1-9]/)
  const inClear = await watchClear(outside, '10.9.0.5')
  // One of the pool that no user has.
  expect(await pings(guest, '10.9.0.5')).toBe(false)
  expect(await inClear()).toEqual([])
})

test('who is removed is out at once, and new keys let in; others notice nothing', async () => {
  const ping = await homes[1].spawn(['ping', '-i', '0.2', '10.1.1.10'])
  const answers = (): readonly number[] =>
    [...ping.output().matchAll(/icmp_seq=(\d+) ttl=/g)].map(([, seq]) => Number(seq))
  const more = async (): Promise<unknown> => {
    const before = answers().length
    return until('ben is answered', () => answers().length > before + 3)
  }
  await more()
  const tracked = async (): Promise<string> => (await topology.router.effects.run(['conntrack', '--dump'])).stdout
  await reaches(guest, '10.9.0.1')
  expect(await tracked()).toContain('dst=10.9.0.1 ')
  expect(await topology.router.commit(specOf(ben.peer))).toEqual([
    { verb: 'update', target: 'WireGuard user ann', why: 'it is no longer in the spec', dropsFlows: true },
  ])
  // Whoever gets the address next gets nothing that was hers.
  expect(await tracked()).not.toContain('=10.9.0.1 ')
  expect(await tracked()).toContain('=10.9.0.2 ')
  expect(await pings(homes[0], '10.1.1.10')).toBe(false)
  await topology.router.commit(specOf(again.peer, ben.peer))
  expect(await pings(homes[0], '10.1.1.10')).toBe(false)
  await annAt?.down()
  annAt = await startWireGuard(topology.lab, homes[0], again.configuration)
  await reaches(homes[0], '10.1.1.10')
  await more()
  await ping.stop('SIGINT')
  const got = new Set(answers())
  expect(Array.from({ length: Math.max(...got) }, (_, index) => index + 1).filter((seq) => !got.has(seq))).toEqual([])
})

test('WireGuard that died is told everything again, and shows no key', async () => {
  const { router } = topology
  await router.effects.unit('restart', UNIT)
  await until('it misses them', async () => (await router.drift()).includes('wg0 does not have ann as it should'))
  await router.tick('wireguard')
  expect(await router.drift()).toEqual([])
  // By itself a client begins anew after 15 seconds without an answer.
  await benAt?.down()
  benAt = await startWireGuard(topology.lab, homes[1], ben.configuration)
  await reaches(homes[1], '10.1.1.10')
  for (const secret of [server.privateKey, ...ann.secrets, ...ben.secrets, ...again.secrets]) {
    expect(router.units.output(UNIT)).not.toContain(secret)
    expect(JSON.stringify(await stateOf())).not.toContain(secret)
  }
})

test('without it nobody comes in', async () => {
  const { wireguard: _, ...services } = specOf()
  expect(await topology.router.commit(services)).toEqual([
    { verb: 'stop', target: 'WireGuard wg0', why: 'it is no longer in the spec', dropsFlows: true },
  ])
  expect(await pings(homes[1], '10.1.1.10')).toBe(false)
  expect((await topology.router.effects.run(['ip', '-br', 'link'])).stdout).not.toContain('wg0')
})
