import type { Drift, Health, Status } from '@sysvm/agent/api'
import type { RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdFlows } from '../fault/router/flows.ts'
import { type Lab, type LabProcess, type Namespace, until } from './index.ts'
import { BRIDGES, type RealRouter, realSpec } from './real-router.ts'
import { askMembers, remembered, startMembers, stickyRule } from './redundancy-sticky.ts'
import { become, openPair, type Pair, pairSpec, rolesOf, second, stateOf } from './redundant.ts'
import { askForLease, pings } from './router/guest.ts'
import { baseSpec, macs } from './router/spec.ts'

let pair: Pair
let lab: Lab
let one: RealRouter
let two: RealRouter
let guest: Namespace
let outside: Namespace
beforeAll(async () => {
  pair = await openPair('redundancy')
  ;({ lab, one, two, guest, outside } = pair)
})
afterAll(() => pair?.[Symbol.asyncDispose]())

/** IPv4 addresses of a device. */
const addresses = async (router: RealRouter, device: string): Promise<readonly string[]> =>
  [...(await router.insideNetwork(`ip -4 -o address show dev ${device}`)).matchAll(/inet (\S+)/g)].map(
    ([, cidr = '']) => cidr,
  )

const expectSettled = async (router: RealRouter): Promise<void> => {
  expect(await router.ask<Drift>('GET', '/v1/drift')).toMatchObject({ differences: [] })
  const { services } = await router.ask<Health>('GET', '/v1/health')
  expect(Object.entries(services).filter(([, { healthy }]) => !healthy)).toEqual([])
}

/** Names and addresses of guests. */
const serves = async (): Promise<boolean> => {
  const { stdout } = await guest.exec(['busybox', 'nslookup', 'vm-2.cs1.internal', '10.1.1.1'])
  return stdout.includes('10.1.1.11') && (await pings(guest, '198.51.100.1'))
}

const FLOWS = 200

/** An advert of VRRP version 3 and priority 254 for the metadata address, three times as often as it takes to be believed. */
const FORGE = `
import socket, struct, sys, time
source, destination = sys.argv[1], sys.argv[2]
body = struct.pack('!BBBBHH4s', 0x31, 1, 255, 1, 10, 0, socket.inet_aton('169.254.169.254'))
pseudo = socket.inet_aton(source) + socket.inet_aton(destination) + struct.pack('!BBH', 0, 112, len(body)) + body
total = sum(struct.unpack('!%dH' % (len(pseudo) // 2), pseudo))
total = (total & 0xffff) + (total >> 16)
total = ~(total + (total >> 16)) & 0xffff
body = body[:6] + struct.pack('!H', total) + body[8:]
wire = socket.socket(socket.AF_INET, socket.SOCK_RAW, 112)
wire.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
wire.bind((source, 0))
for _ in range(10):
    wire.sendto(body, (destination, 0))
    time.sleep(0.05)
`

test('one has the shared addresses, the other could have them at once', async () => {
  await become(pair, 'PRIMARY', 'BACKUP')
  expect(await addresses(one, 'eth1')).toEqual(['10.1.1.2/24', '169.254.169.254/32', '10.1.1.1/24'])
  expect(await addresses(one, 'eth2')).toEqual(['198.51.100.5/24'])
  expect(await addresses(two, 'eth1')).toEqual(['10.1.1.3/24'])
  expect(await addresses(two, 'eth2')).toEqual([])
  for (const router of [one, two]) await expectSettled(router)
  await until('guests are served', serves)
  expect(await askForLease(lab, pair.booting)).toMatchObject({ ip: '10.1.1.10', router: '10.1.1.1' })
  // Each answers as itself; whoever is asked, guests are told the shared addresses.
  const { serverid } = (await askForLease(lab, pair.booting)) ?? {}
  expect(['10.1.1.2', '10.1.1.3']).toContain(serverid)
})

test('who speaks for the peer without its MAC address is not heard', async () => {
  const counted = async (): Promise<number> =>
    Number(/packets (\d+)/.exec(await one.inside('nft list counter inet sysvm_filter input_dropped'))?.[1])
  const before = await counted()
  await guest.ip(['address', 'add', '10.1.1.3/32', 'dev', 'eth0'])
  await guest.exec(['python3', '-c', FORGE, '10.1.1.3', '10.1.1.2'])
  await guest.ip(['address', 'del', '10.1.1.3/32', 'dev', 'eth0'])
  await until('it was dropped', async () => (await counted()) > before)
  // Nor does what the primary says go to whom it heard last.
  expect(await rolesOf(pair)).toEqual(['PRIMARY', 'BACKUP'])
})

test('an address that comes and goes moves nothing else', async () => {
  await using flows = await holdFlows({ client: guest, server: outside, address: '198.51.100.1', count: FLOWS })
  // The two are for a while of different generations, in either order.
  for (const [routers, publics] of [
    [[one, two], ['198.51.100.9/24']],
    [[two, one], []],
  ] as const)
    for (const router of routers) {
      const { actions } = await router.commit(pairSpec(router === one ? 'first' : 'second', { publics }))
      expect(actions.filter(({ target }) => /keepalived|conntrackd/.test(target))).toMatchObject([
        {
          verb: 'reload',
          target: 'sysvm-keepalived.service',
          why: 'it differs',
          dropsFlows: false,
        },
      ])
      expect(await rolesOf(pair)).toEqual(['PRIMARY', 'BACKUP'])
      expect(await addresses(two, 'eth2')).toEqual([])
      if (router === one) expect(await addresses(one, 'eth2')).toEqual(['198.51.100.5/24', ...publics])
    }
  expect(await flows.echoAll()).toBe(FLOWS)
  const told = await Promise.all([one, two].map((router) => router.inside('journalctl -o cat --no-pager')))
  expect(told.map((text) => text.match(/Entering MASTER STATE/g)?.length ?? 0)).toEqual([1, 0])
})

test('a primary cut off, a pair that serves twice, a primary that is gone: connections go on', async () => {
  await using flows = await holdFlows({ client: guest, server: outside, address: '198.51.100.1', count: FLOWS })
  const kept = (router: RealRouter): Promise<unknown> =>
    until('it has the connections', async () => ((await stateOf(router)).flows?.peer ?? 0) >= FLOWS)
  await kept(two)
  await pair.cut(macs.guest, undefined)
  await pair.cut(macs.public, undefined)
  // It cannot know that it is alone.
  await become(pair, 'PRIMARY', 'PRIMARY')
  await until('guests are served', serves)
  expect(await flows.echoAll()).toBe(FLOWS)
  await pair.cut(macs.public, BRIDGES.public)
  await pair.cut(macs.guest, BRIDGES.guest)
  await become(pair, 'PRIMARY', 'BACKUP')
  // Whoever hears the other one first says so.
  const rivals = (await Promise.all([stateOf(one), stateOf(two)])).flatMap(({ rival }) => rival ?? [])
  expect(Math.max(...rivals)).toBeGreaterThan(Date.now() / 1000 - 600)
  await until('it is told of', async () => /event: rival/.test((await one.events()) + (await two.events())))
  expect(await flows.echoAll()).toBe(FLOWS)
  await kept(two)
  // What a backup has lost of them its agent asks for, from time to time and when it is told to stop.
  await two.inside('conntrackd -C /run/sysvm/live/redundancy/conntrackd.conf -f external')
  expect((await stateOf(two)).flows?.peer).toBeLessThan(FLOWS)
  await two.inside('systemctl restart sysvm-agent')
  await kept(two)
  await one.driver.stopMachine(one.machine.name, { forced: true })
  await until('the other serves', async () => (await stateOf(two)).state === 'PRIMARY')
  await until('guests are served', serves)
  expect(await flows.echoAll()).toBe(FLOWS)
  // It comes back with its last generation, takes no role from who serves, and learns what it missed.
  await one.driver.ensureMachine(one.machine)
  await until('it is back', () => one.ask<Status>('GET', '/v1/status').then(Boolean))
  await become(pair, 'BACKUP', 'PRIMARY')
  await kept(one)
  expect(await flows.echoAll()).toBe(FLOWS)
  for (const router of [one, two]) await expectSettled(router)
  // All of keepalived: its parent alone would say good-bye. Who is quicker, its supervisor or the peer, serves.
  await two.inside('kill -KILL $(pidof keepalived)')
  await until('one of them serves', async () => (await rolesOf(pair)).toSorted().join() === 'BACKUP,PRIMARY')
  await until('guests are served', serves)
  expect(await flows.echoAll()).toBe(FLOWS)
})

test('a client finds the member again that it had by the other router', async () => {
  const services = { loadbalancer: stickyRule }
  // Those that do not answer when it starts are out for a while.
  await startMembers(guest)
  for (const router of [one, two]) await router.commit(pairSpec(router === one ? 'first' : 'second', { services }))
  const sources = [101, 102, 103, 104].map((last) => `198.51.100.${last}`)
  await outside.ip(...sources.map((source) => ['address', 'add', `${source}/24`, 'dev', 'eth0']))
  const first = await until('all are answered', () => askMembers(outside, sources))
  // Each member has two of them: asked in another order a router that knows nothing would send them elsewhere.
  expect(Object.values(first).toSorted()).toEqual(['m1', 'm1', 'm2', 'm2'])
  const roles = await rolesOf(pair)
  const [primary, backup] = roles[0] === 'PRIMARY' ? [one, two] : [two, one]
  await until('the other one knows them', async () => (await remembered(backup)) === sources.length)
  await primary.inside('systemctl restart sysvm-keepalived')
  await become(pair, ...roles.toReversed())
  const order = sources.toSorted((a, b) => (first[b] ?? '').localeCompare(first[a] ?? ''))
  expect(await until('all are answered', () => askMembers(outside, order))).toEqual(first)
})

test('a primary that does not serve hands over, and none is the primary for ever in vain', async () => {
  const roles = await rolesOf(pair)
  const [primary, backup] = roles[0] === 'PRIMARY' ? [one, two] : [two, one]
  await using flows = await holdFlows({ client: guest, server: outside, address: '198.51.100.1', count: FLOWS })
  await until('the other one has the connections', async () => ((await stateOf(backup)).flows?.peer ?? 0) >= FLOWS)
  // systemd does not start again what it was told to stop.
  await primary.inside("systemctl stop 'sysvm-dnsmasq@*'")
  await become(pair, ...roles.toReversed())
  await until('guests are served', serves)
  expect(await flows.echoAll()).toBe(FLOWS)
  expect((await stateOf(primary)).yielded).toMatchObject({ why: expect.stringMatching(/^dns: /) })
  expect(await primary.events()).toContain('event: yielded')
  // Neither is fit: each has let go once, and does not again for a while.
  await backup.inside("systemctl stop 'sysvm-dnsmasq@*'")
  await until('it has let go, too', async () => (await stateOf(backup)).yielded !== undefined)
  await until('one of them serves', async () => (await rolesOf(pair)).includes('PRIMARY'))
  expect(await flows.echoAll()).toBe(FLOWS)
  // systemd may find the unit's slice gone, and has made it when it is asked again.
  for (const router of [one, two])
    await until('DNS is back', () => router.inside('systemctl start sysvm-dnsmasq@eth1').then(() => true))
})

/** Packets that a guest got no answer to, one sent each 10 ms. */
const lostOf = async (ping: LabProcess): Promise<number> => {
  await ping.stop('SIGINT')
  const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(ping.output()) ?? []
  return Number(sent) - Number(received)
}

test('one that is left alone by its spec, and is one of two again, serves all the time', async () => {
  await using flows = await holdFlows({ client: guest, server: outside, address: '198.51.100.1', count: FLOWS })
  await one.driver.destroyMachine(one.machine.name)
  await until('the other serves', async () => (await stateOf(two)).state === 'PRIMARY')
  const ping = await guest.spawn(['ping', '-q', '-i', '0.01', '198.51.100.1'])
  lab.defer(() => ping.stop())
  const [control, inner, outer] = baseSpec.interfaces.interfaces
  const nics = [control, { ...inner, mac: second.guest }, { ...outer, mac: second.public }]
  const interfaces = { ...baseSpec.interfaces, interfaces: nics } as unknown as RouterServices['interfaces']
  await two.commit(realSpec({ ...(baseSpec as unknown as RouterServices), interfaces }, 6))
  expect((await addresses(two, 'eth1')).toSorted()).toEqual(['10.1.1.1/24', '169.254.169.254/32'])
  expect(await addresses(two, 'eth2')).toEqual(['198.51.100.5/24'])
  expect(await addresses(two, 'lo')).toEqual(['127.0.0.1/8'])
  await expectSettled(two)
  await until('guests are served', serves)
  expect(await flows.echoAll()).toBe(FLOWS)
  expect(await two.inside('pidof keepalived conntrackd || :')).toBe('')
  await two.commit(pairSpec('second'))
  expect((await stateOf(two)).state).toBe('PRIMARY')
  expect(await addresses(two, 'eth2')).toEqual(['198.51.100.5/24'])
  // None of it had to be taken over.
  expect(await lostOf(ping)).toBeLessThan(20)
  await one.driver.ensureMachine(one.machine)
  await until('it is back', () => one.ask<Status>('GET', '/v1/status').then(Boolean))
  await one.commit(pairSpec('first'))
  await become(pair, 'BACKUP', 'PRIMARY')
  await until('it has the connections', async () => ((await stateOf(one)).flows?.peer ?? 0) >= FLOWS)
  // keepalived lets go of what was there before it, too.
  await two.inside('systemctl restart sysvm-keepalived')
  await become(pair, 'PRIMARY', 'BACKUP')
  expect(await addresses(two, 'eth1')).toEqual(['10.1.1.3/24'])
  expect(await addresses(two, 'eth2')).toEqual([])
  for (const router of [one, two]) await expectSettled(router)
  expect(await flows.echoAll()).toBe(FLOWS)
})
