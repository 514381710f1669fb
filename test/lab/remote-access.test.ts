import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { issueServer, newAuthority } from '@sysvm/manager/certificates/issue'
import type { RouterServices, VpnInput, VpnState } from '@sysvm/router/spec'
import { openVici } from '@sysvm/router/vpn/charon'
import type { IkeSa } from 'strongswan-ctl'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connection } from '../unit/appliances/router/vpn/spec.ts'
import { type Namespace, until } from './index.ts'
import { patienceSeconds } from './patience.ts'
import { watchClear } from './router/clear.ts'
import { useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'
import { siteText } from './servers/site.ts'
import { type Peer, startPeer } from './servers/strongswan.ts'
import { type HomeClient, type Login, logIn, startClient } from './strongswan/client.ts'

type Access = NonNullable<VpnInput['remoteAccess']>

const ADDRESS = '198.51.100.5'
const UNIT = 'sysvm-charon@user.service'
const SITE_KEY = 'Quite a l0ng secret'
const ANN = { name: 'ann', password: 'Horse-battery9' }
const BEN = { name: 'ben@example.org', password: 'staple!Correct' }

let topology: Topology
let guest: Namespace
let peer: Peer
let access: Access
let authority: Awaited<ReturnType<typeof newAuthority>>

let ann: HomeClient
let ben: HomeClient

const home = (name: string, number: number): Promise<HomeClient> =>
  startClient({ ...topology, authority: authority.certificate }, name, number)
const connect = ({ charon: { vici } }: HomeClient, login: Login): Promise<void> =>
  logIn(vici, { server: ADDRESS, subnet: '10.1.0.0/16', login })

const sessions = ({ charon: { vici } }: HomeClient): Promise<readonly IkeSa[]> =>
  vici.listSas({ ike: 'cloud' }).toArray()
const addressOf = async (client: HomeClient): Promise<string> => (await sessions(client))[0]?.['local-vips']?.[0] ?? ''
const pings = (from: Namespace, to: string, ...more: readonly string[]): Promise<boolean> =>
  from.exec(['ping', '-c', '1', '-W', patienceSeconds(1), ...more, to]).then(
    () => true,
    () => false,
  )

const specOf = (vpn: VpnInput): RouterServices => ({
  interfaces: baseSpec.interfaces as unknown as RouterServices['interfaces'],
  firewall: baseSpec.firewall,
  nat: baseSpec.nat as unknown as RouterServices['nat'],
  dns: baseSpec.dns as unknown as NonNullable<RouterServices['dns']>,
  vpn,
})
const tunnel = connection(1, { psk: SITE_KEY })
const commit = (change: Partial<Access> = {}) =>
  topology.router.commit(specOf({ connections: [tunnel], remoteAccess: { ...access, ...change } }))

beforeAll(async () => {
  topology = await openTopology('people')
  const { lab, outside } = topology
  await outside.sysctl('net.ipv4.ip_forward', 1)
  await outside.ip(
    ['address', 'add', '203.0.113.1/32', 'dev', 'lo'],
    ['address', 'add', '10.200.1.1/32', 'dev', 'lo'],
    // Of nobody's tunnel.
    ['address', 'add', '10.9.0.9/32', 'dev', 'lo'],
  )
  authority = await newAuthority('test')
  const server = await issueServer(authority, [ADDRESS])
  access = {
    address: ADDRESS,
    pool: { first: '10.9.0.1', last: '10.9.0.9' },
    subnets: ['10.1.0.0/16'],
    dns: ['10.1.1.1'],
    chain: `${server.certificate}${authority.certificate}`,
    key: server.privateKey,
    users: [ANN, BEN],
  }
  peer = await startPeer(lab, outside, siteText(SITE_KEY), ['10.1.1.0/24'])
  guest = await topology.guest('one', '02:00:00:00:00:01')
  await useAddress(guest, '10.1.1.10/24')
  ;[ann, ben] = [await home('ann', 1), await home('ben', 5)]
})
afterAll(async () => {
  for (const client of [ann, ben]) client?.charon.vici.close()
  await topology?.[Symbol.asyncDispose]()
})

test('who knows a password gets an address and reaches guests and names untranslated, beside a tunnel', async () => {
  await commit()
  await connect(ann, ANN)
  await connect(ben, BEN)
  const addresses = [await addressOf(ann), await addressOf(ben)]
  expect(addresses).toEqual(['10.9.0.1', '10.9.0.2'])
  expect(await topology.router.state('vpn')).toMatchObject({
    connections: [{ id: 'site-1' }],
    sessions: [
      { user: 'ann', address: '10.9.0.1', from: '192.0.2.2' },
      { user: 'ben@example.org', address: '10.9.0.2', from: '192.0.2.6' },
    ],
  })
  // A charon that encrypts by itself may lose the first packet after it has told that the tunnel is up.
  await until('ann reaches the guest', () => pings(ann.at, '10.1.1.10'))
  // The guest knows them by these addresses, and reaches them too.
  for (const address of addresses) expect(await pings(guest, address)).toBe(true)
  const { stdout } = await ann.at.exec(['busybox', 'nslookup', 'vm-2.cs1.internal', '10.1.1.1'])
  expect(stdout).toContain('10.1.1.11')
  await until('the tunnel is up', () => pings(guest, '10.200.1.1'))
  // Nor does what they ask of a network that is not there leave by the public side.
  const inClear = await watchClear(topology.outside, '10.1.77.1')
  expect(await pings(ann.at, '10.1.77.1')).toBe(false)
  expect(await inClear()).toEqual([])
})

/** Pings until it is asked which were not answered. */
const watchPings = async (from: Namespace, to: string): Promise<() => Promise<readonly number[]>> => {
  const ping = await from.spawn(['ping', '-i', '0.2', to])
  const answers = (): readonly number[] =>
    [...ping.output().matchAll(/icmp_seq=(\d+) ttl=/g)].map(([, seq]) => Number(seq))
  const more = async (): Promise<unknown> => {
    const before = answers().length
    return until('it is answered a few times', () => answers().length > before + 3)
  }
  await more()
  return async () => {
    await more()
    await ping.stop('SIGINT')
    const got = new Set(answers())
    return Array.from({ length: Math.max(...got) }, (_, index) => index + 1).filter((seq) => !got.has(seq))
  }
}

/** Bytes that a process holds. */
const residentOf = async (pid = 0): Promise<number> =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024

test('strangers who flood charon disturb nobody, and take up no more of it than they may', async () => {
  const { outside, router } = topology
  await outside.ip(['route', 'add', 'local', '198.18.0.0/15', 'dev', 'lo'])
  await using vici = await openVici(router.effects)
  const held = () => residentOf(router.units.pid(UNIT))
  const carla = await home('carla', 21)
  const file = join(import.meta.dirname, 'strongswan/flood.ts')
  const [liars, honest] = [200, 40]
  const counts = [await watchPings(ann.at, '10.1.1.10'), await watchPings(guest, '10.200.1.1')]
  const before = await held()
  const flood = await outside.spawn([process.execPath, file, ADDRESS, `${liars}`, `${honest}`, '8000'])
  const isOver = () => flood.output().includes('all sent')
  const most = { halfOpen: 0, bytes: 0 }
  await until('the flood is seen', async () => (await vici.stats()).ikesas['half-open'] > 10)
  const coming = connect(carla, BEN)
  while (!isOver()) {
    most.halfOpen = Math.max(most.halfOpen, (await vici.stats()).ikesas['half-open'])
    most.bytes = Math.max(most.bytes, await held())
  }
  await coming
  await until('carla reaches the guest', () => pings(carla.at, '10.1.1.10'))
  for (const lost of counts) expect(await lost()).toEqual([])
  expect(flood.output()).toMatch(/cookies asked for: [1-9]/)
  // Nobody has more than five from one address, and who lies about that has what came before cookies were asked for.
  expect(most.halfOpen).toBeLessThan(5 * honest + 100)
  expect(most.bytes - before).toBeLessThan(16 * 1024 * 1024)
  expect(await addressOf(ann)).toBe('10.9.0.1')
  carla.charon.vici.close()
})

test('one person has a few sessions and no more; the newest ones stay', async () => {
  const { vici } = ben.charon
  const before = await addressOf(ann)
  for (let device = 1; device <= 5; device++) {
    await vici.loadConn(`device${device}`, {
      version: 2,
      remote_addrs: [ADDRESS],
      vips: ['0.0.0.0'],
      local: { auth: 'eap-mschapv2', id: `device${device}`, eap_id: BEN.name },
      remote: { auth: 'pubkey', id: ADDRESS },
      children: { [`net${device}`]: { remote_ts: ['10.1.0.0/16'] } },
    })
    await vici.initiate({ ike: `device${device}`, child: `net${device}`, timeout: 30_000 })
  }
  const bens = async () =>
    ((await topology.router.state('vpn')) as VpnState).sessions?.filter(({ user }) => user === BEN.name)
  await until('four are left', async () => (await bens())?.length === 4)
  await until('ben is told', async () => (await vici.listSas().toArray()).length === 4)
  expect((await vici.listSas().toArray()).map(({ name }) => name).toSorted()).toEqual(
    [2, 3, 4, 5].map((device) => `device${device}`),
  )
  expect(await addressOf(ann)).toBe(before)
  for (let device = 1; device <= 5; device++) {
    await vici.unloadConn(`device${device}`)
    await vici.terminate({ ike: `device${device}`, force: true, timeout: 100 }).catch(() => undefined)
  }
  await connect(ben, BEN)
  await until('ben reaches the guest', () => pings(ben.at, '10.1.1.10'))
})

test('in clear nobody has an address of the pool', async () => {
  await topology.outside.ip(['route', 'replace', '10.1.1.0/24', 'via', ADDRESS, 'table', '99'])
  await topology.outside.ip(['rule', 'add', 'from', '10.9.0.9', 'lookup', '99', 'priority', '10'])
  expect(await pings(topology.outside, '10.1.1.10', '-I', '10.9.0.9')).toBe(false)
  const { stdout } = await topology.router.effects.run([
    ...['nft', '-j', 'list', 'counter', 'inet', 'sysvm_filter', 'vpn_spoofed'],
  ] as ['nft', ...string[]])
  expect(stdout).toMatch(/"packets": [1-9]/)
})

test('who does not know it is refused', async () => {
  const carl = await home('carl', 9)
  await expect(connect(carl, { ...ANN, password: 'wrong' })).rejects.toThrow()
  await carl.charon.vici.unloadConn('cloud')
  await expect(connect(carl, { name: 'carl', password: ANN.password })).rejects.toThrow()
  expect(await sessions(carl)).toEqual([])
  carl.charon.vici.close()
})

test('who is removed is cut off and stays out; others notice nothing', async () => {
  const lost = await watchPings(ben.at, '10.1.1.10')
  expect(await commit({ users: [BEN] })).toEqual([
    { verb: 'update', target: 'VPN user ann', why: 'it is no longer in the spec', dropsFlows: true },
  ])
  await until('ann is told', async () => (await sessions(ann)).length === 0)
  expect(await pings(ann.at, '10.1.1.10')).toBe(false)
  await expect(connect(ann, ANN)).rejects.toThrow()

  // So is whose password is another one, but only from the next session on where nothing of it is new.
  await commit({ users: [{ ...ANN, password: 'Another-1' }, BEN] })
  // As a telephone writes names.
  await connect(ann, { name: 'Ann', password: 'Another-1' })
  await commit({ users: [{ ...ANN, password: 'Another-1' }, BEN, { name: 'carl', password: 'Third-one' }] })
  expect(await sessions(ann)).toHaveLength(1)
  await commit({ users: [{ ...ANN, password: 'Another-2' }, BEN] })
  await until('ann is told again', async () => (await sessions(ann)).length === 0)

  // A renewed certificate ends no session, and is the one that the next one sees.
  const next = await issueServer(authority, [ADDRESS])
  await commit({ users: [{ ...ANN, password: 'Another-2' }, BEN], chain: next.certificate, key: next.privateKey })
  await connect(ann, { ...ANN, password: 'Another-2' })
  expect(await pings(ann.at, '10.1.1.10')).toBe(true)
  expect(await lost()).toEqual([])
})

test('who came in while they were removed is out at once; others stay', async () => {
  await using vici = await openVici(topology.router.effects)
  // Of the moment before: a password that was good still.
  await vici.loadShared({ id: 'user-eve', type: 'eap', data: 'Not-yet-gone', owners: ['eve'] })
  const eve = await home('eve', 13)
  await using watcher = await openVici(topology.router.effects)
  const events = await watcher.subscribe(['ike-updown'])
  const others = [await addressOf(ann), await addressOf(ben)]
  // She may be cut off before she has seen that she is in.
  await connect(eve, { name: 'Eve', password: 'Not-yet-gone' }).catch(() => undefined)
  await vici.unloadShared('user-eve')
  await until('eve is told', async () => (await sessions(eve)).length === 0)
  const updown: boolean[] = []
  for await (const { up, sa } of events) {
    if (sa['remote-eap-id'] === 'Eve' || sa['remote-id'] === 'Eve') updown.push(up)
    if (updown.length === 2) break
  }
  expect(updown).toEqual([true, false])
  expect([await addressOf(ann), await addressOf(ben)]).toEqual(others)
  expect(others).not.toContain('')
  eve.charon.vici.close()
})

test('who shows an expired certificate is not believed; tunnels go on', async () => {
  const long = new Date(Date.now() - 5 * 365 * 86_400_000)
  const old = await issueServer(authority, [ADDRESS], { now: long })
  const users = [{ ...ANN, password: 'Another-2' }, BEN]
  await commit({ users, chain: `${old.certificate}${authority.certificate}`, key: old.privateKey })
  const dan = await home('dan', 17)
  await expect(connect(dan, BEN)).rejects.toThrow()
  expect(await sessions(dan)).toEqual([])
  expect(await pings(guest, '10.200.1.1')).toBe(true)
  await commit({ users })
  await dan.charon.vici.unloadConn('cloud')
  await connect(dan, BEN)
  dan.charon.vici.close()
})

test('a charon that died lets the same people in again, and nothing that is kept or shown has a password', async () => {
  const { router } = topology
  await router.effects.unit('restart', UNIT)
  await until('charon has all again', async () => {
    await connect(ben, BEN)
    return true
  })
  expect(await pings(ben.at, '10.1.1.10')).toBe(true)
  for (const secret of [ANN.password, BEN.password, SITE_KEY, 'Another-2'])
    expect(router.units.output(UNIT)).not.toContain(secret)
})

test('without remote access the tunnel goes on, and nobody comes in', async () => {
  const before = await peer.swanctl('--list-sas', '--raw')
  const unique = /uniqueid=(\d+)/.exec(before)?.[1]
  const address = await addressOf(ben)
  const ping = await guest.spawn(['ping', '-i', '0.2', address])
  await until('ben answers', () => ping.output().includes('ttl='))
  await topology.router.commit(specOf({ connections: [tunnel] }))
  // What the guest had with him is another connection now, translated as all that has no tunnel.
  const inClear = await watchClear(topology.outside, address)
  await until('it goes elsewhere', async () => (await inClear()).length > 0)
  expect(await inClear()).toEqual([ADDRESS])
  await ping.stop('SIGINT')
  await until('ben is told', async () => (await sessions(ben)).length === 0)
  await expect(connect(ben, BEN)).rejects.toThrow()
  expect(await pings(guest, '10.200.1.1')).toBe(true)
  expect(/uniqueid=(\d+)/.exec(await peer.swanctl('--list-sas', '--raw'))?.[1]).toBe(unique)
})
