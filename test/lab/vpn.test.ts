import { readdir, readFile } from 'node:fs/promises'
import { type FilterRuleInput, type RouterServices, type VpnInput, VpnSpec, type VpnState } from '@sysvm/router/spec'
import { openVici } from '@sysvm/router/vpn/charon'
import { vpn } from '@sysvm/router/vpn/index'
import { knownSites } from '@sysvm/router/vpn/sites'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connection } from '../unit/appliances/router/vpn/spec.ts'
import { wholeOf } from '../unit/appliances/router/whole.ts'
import { type Namespace, until } from './index.ts'
import { patienceSeconds } from './patience.ts'
import type { LabProcess } from './process.ts'
import { watchClear } from './router/clear.ts'
import { pings, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'
import { type Peer, startPeer } from './servers/strongswan.ts'

type Input = NonNullable<VpnInput['connections']>[number]

const PSK = 'Quite a l0ng secret'
const COUNT = 20
const UNIT = 'sysvm-charon@user.service'
const numbers = Array.from({ length: COUNT }, (_, index) => index + 1)

/** What the other side is told by hand of one tunnel. */
const there = (number: number, change: Readonly<Record<string, string>> = {}): string => {
  const { version = '2', proposals = 'aes256-sha256-modp2048', esp = proposals, secret = PSK } = change
  return `
connections { site${number} {
  version = ${version}
  local_addrs = 203.0.113.${number}
  remote_addrs = 198.51.100.5
  proposals = ${proposals}
  local { auth = psk
    id = 203.0.113.${number} }
  remote { auth = psk
    id = 198.51.100.5 }
  children { net {
    local_ts = ${change.subnets ?? `10.200.${number}.0/24`}
    remote_ts = ${change.reach ?? '10.1.1.0/24'}
    esp_proposals = ${esp}
  } }
} }
secrets { ike-${number} {
  id-1 = 203.0.113.${number}
  id-2 = 198.51.100.5
  secret = "${secret}"
} }
`
}

const specOf = (...connections: readonly Input[]): RouterServices => ({
  interfaces: baseSpec.interfaces as unknown as RouterServices['interfaces'],
  firewall: baseSpec.firewall,
  nat: baseSpec.nat as unknown as RouterServices['nat'],
  vpn: { connections: [...connections] },
})
const site = (number: number, change: Partial<Input> = {}): Input => connection(number, { psk: PSK, ...change })

let topology: Topology
let guest: Namespace
let peer: Peer
beforeAll(async () => {
  topology = await openTopology('vpn')
  const { lab, outside } = topology
  await outside.ip(
    ...numbers.flatMap((number) => [
      ['address', 'add', `203.0.113.${number}/32`, 'dev', 'lo'],
      ['address', 'add', `10.200.${number}.1/32`, 'dev', 'lo'],
    ]),
    ['address', 'add', '10.200.103.1/32', 'dev', 'lo'],
  )
  peer = await startPeer(lab, outside, numbers.map((number) => there(number)).join(''), ['10.1.1.0/24'])
  guest = await topology.guest('one', '02:00:00:00:00:01')
  await useAddress(guest, '10.1.1.10/24')
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

const charon = (): string => topology.router.units.output(UNIT)
/** Command lines of everything on this machine; a process may have ended meanwhile. */
const commandLines = async (): Promise<string> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.join('\n')
}
const states = async (): Promise<VpnState['connections']> =>
  ((await topology.router.state('vpn')) as VpnState).connections
const connected = (...ids: readonly string[]): Promise<unknown> =>
  until(
    `${ids.join(', ')} connected`,
    async () => {
      const all = await states()
      return ids.every((id) => all.find((one) => one.id === id)?.state === 'Connected')
    },
    { timeoutMs: 60_000 },
  ).catch(async (cause: unknown) => {
    throw new Error(`${JSON.stringify(await states())} ${charon()}`, {
      cause,
    })
  })

const tunnels = (change: (number: number) => Partial<Input> = () => ({})): readonly Input[] =>
  numbers.map((number) => site(number, change(number)))
const ids = numbers.map((number) => `site-${number}`)

const counter = async (name: string): Promise<number> => {
  const { stdout } = await topology.router.effects.run(['nft', '-j', 'list', 'counter', 'inet', 'sysvm_filter', name])
  const { nftables } = JSON.parse(stdout) as { nftables: { counter?: { packets: number } }[] }
  return nftables.find((entry) => entry.counter !== undefined)?.counter?.packets ?? 0
}
/** From the other site's network, to a guest. */
const pingsBack = (from: number, address = '10.1.1.10'): Promise<boolean> =>
  topology.outside.exec(['ping', '-c', '1', '-W', patienceSeconds(1), '-I', `10.200.${from}.1`, address]).then(
    () => true,
    () => false,
  )
const stateOf = async (id: string) => (await states()).find((one) => one.id === id)
const failed = (id: string, reason: RegExp): Promise<unknown> =>
  until(
    `${id} tells ${reason}`,
    async () => {
      const found = await stateOf(id)
      return found?.state === 'Error' && reason.test(found.reason ?? '')
    },
    { timeoutMs: 60_000 },
  ).catch(async (cause: unknown) => {
    throw new Error(`${JSON.stringify(await stateOf(id))} ${charon()}`, { cause })
  })

/** Pings to all of these until it is told to stop; then the numbers of those to each that were not answered. */
const pingAll = async (...to: readonly number[]): Promise<() => Promise<ReadonlyMap<number, readonly number[]>>> => {
  const running = await Promise.all(
    to.map(async (number) => ({ number, ping: await guest.spawn(['ping', '-i', '0.2', `10.200.${number}.1`]) })),
  )
  const answered = (ping: LabProcess): readonly number[] =>
    [...ping.output().matchAll(/icmp_seq=(\d+) ttl=/g)].map(([, seq]) => Number(seq))
  const more = (): Promise<unknown> => {
    const before = running.map(({ ping }) => answered(ping).length)
    return until('all are answered a few times', () =>
      running.every(({ ping }, index) => answered(ping).length > (before[index] ?? 0) + 3),
    )
  }
  await more()
  return async () => {
    await more()
    await Promise.all(running.map(({ ping }) => ping.stop('SIGINT')))
    return new Map(
      running.flatMap(({ number, ping }) => {
        const got = new Set(answered(ping))
        const lost = Array.from({ length: Math.max(...got) }, (_, index) => index + 1).filter((seq) => !got.has(seq))
        return lost.length === 0 ? [] : [[number, lost] as const]
      }),
    )
  }
}

test('packets go through the tunnel and come back untranslated; clear text of its network is dropped', async () => {
  const { router, outside } = topology
  await router.commit(specOf())
  // Translated as yet, since the outside knows this network, too; it goes on through the tunnel.
  const ping = await guest.spawn(['ping', '-i', '0.2', '10.200.1.1'])
  await until('it is answered', () => ping.output().includes('ttl='))
  expect(await router.commit(specOf(site(1)))).toContainEqual({
    verb: 'start',
    target: 'sysvm-charon@.service',
    why: 'a VPN is new in the spec',
    dropsFlows: false,
  })
  await connected('site-1')
  const before = ping.output().length
  await until('it is answered still', () => ping.output().length > before + 500)
  await ping.stop('SIGINT')
  expect(await pings(guest, '10.200.1.1')).toBe(true)
  expect(await pingsBack(1)).toBe(true)
  expect(await router.drift()).toEqual([])
  await guest.address('eth0', '10.1.1.11/24')
  await outside.ip(
    ['route', 'add', '10.1.1.11/32', 'via', '198.51.100.5'],
    ['rule', 'add', 'to', '10.1.1.11/32', 'lookup', 'main', 'pref', '100'],
  )
  const spoofed = await counter('vpn_spoofed')
  expect(await pingsBack(1, '10.1.1.11')).toBe(false)
  expect(await counter('vpn_spoofed')).toBe(spoofed + 1)
  // Whoever is no peer does not reach IKE.
  const dropped = await counter('input_dropped')
  await outside.exec(['bash', '-c', 'echo hello > /dev/udp/198.51.100.5/500'])
  await until('it is dropped', async () => (await counter('input_dropped')) > dropped)
})

test("a tier's ACL decides about what comes by a tunnel", async () => {
  const { router } = topology
  const spec = specOf(site(1))
  const acl = (rules: readonly FilterRuleInput[]): RouterServices => ({
    ...spec,
    acl: {
      devices: [{ device: 'eth1', ingress: { rules: [...rules], otherwise: 'deny' }, egress: { otherwise: 'allow' } }],
    },
  })
  await router.commit(acl([]))
  expect(await pingsBack(1)).toBe(false)
  expect(await pings(guest, '10.200.1.1')).toBe(true)
  await router.commit(acl([{ protocol: 'icmp', sources: ['10.200.1.0/24'] }]))
  expect(await pingsBack(1)).toBe(true)
  await router.commit(spec)
  expect((await stateOf('site-1'))?.state).toBe('Connected')
})

test('what comes by a tunnel for a network that is not there goes nowhere, least of all to the public side', async () => {
  const { router, outside } = topology
  const reach = '10.1.0.0/16'
  await outside.ip(['route', 'replace', reach, 'dev', 'ipsec0'])
  await peer.configure(there(1, { reach }))
  await router.commit(specOf(site(1, { local: { address: '198.51.100.5', subnets: [reach] } })))
  await connected('site-1')
  const inClear = await watchClear(outside, '10.1.77.1')
  const astray = await counter('vpn_astray')
  expect(await pingsBack(1)).toBe(true)
  expect(await pingsBack(1, '10.1.77.1')).toBe(false)
  expect(await inClear()).toEqual([])
  expect(await counter('vpn_astray')).toBe(astray + 1)
  // The other site offers segments that its own network would take; a guest sees what the tunnel does.
  await outside.ip(
    ['link', 'set', 'ipsec0', 'mtu', '1500'],
    ['route', 'replace', '10.1.1.10/32', 'dev', 'ipsec0', 'src', '10.200.1.1'],
  )
  await guest.nft(`table ip segments {
    set sizes { type ipv4_addr . inet_service; flags dynamic; size 16; }
    chain arriving {
      type filter hook prerouting priority -300
      tcp flags syn tcp option maxseg size 1360 add @sizes { ip saddr . tcp dport }
    }
  }`)
  await outside.exec(['bash', '-c', 'echo > /dev/tcp/10.1.1.10/81 || true'])
  expect((await guest.exec(['nft', 'list', 'set', 'ip', 'segments', 'sizes'])).stdout).toContain('10.200.1.1 . 81')
  await outside.ip(
    ['link', 'set', 'ipsec0', 'mtu', '1400'],
    ['route', 'del', reach, 'dev', 'ipsec0'],
    ['route', 'del', '10.1.1.10/32', 'dev', 'ipsec0'],
  )
  await peer.configure(numbers.map((number) => there(number)).join(''))
})

test('one of twenty tunnels is added, changed and removed, and the others lose no packet', async () => {
  const { router } = topology
  const others = numbers.slice(1, -1)
  const [, ...most] = tunnels()
  await router.commit(specOf(...tunnels().slice(0, -1)))
  await connected(...ids.slice(0, -1))
  const stop = await pingAll(...others)
  await router.commit(specOf(...tunnels()))
  await connected(...ids)
  const changed = tunnels((number) => (number === 1 ? { esp: { proposals: ['aes256-sha256'] } } : {}))
  expect(await router.commit(specOf(...changed))).toEqual([
    { verb: 'update', target: 'VPN connection site-1', why: 'it differs', dropsFlows: true },
  ])
  await connected('site-1')
  await router.commit(specOf(...most))
  expect(await stop()).toEqual(new Map())
  expect(await states()).toHaveLength(COUNT - 1)
  expect(await router.drift()).toEqual([])
})

test('a wrong key, other proposals, other subnets and a peer that is not there: each is told, and disturbs nobody', async () => {
  const { router } = topology
  const bad: Readonly<Record<number, Partial<Input>>> = {
    1: { psk: 'another key than theirs' },
    2: { ike: { proposals: ['aes128-sha1-modp1536'] } },
    3: { esp: { proposals: ['aes128-sha1'] } },
    4: { remote: { gateway: '203.0.113.4', subnets: ['10.201.4.0/24'] } },
    5: { remote: { gateway: '203.0.113.99', subnets: ['10.200.99.0/24'] } },
    6: { version: 'ikev1', psk: 'another key than theirs' },
  }
  await peer.configure(numbers.map((number) => there(number, number === 6 ? { version: '1' } : {})).join(''))
  await router.commit(specOf(...tunnels()))
  const well = numbers.slice(6)
  await connected(...well.map((number) => `site-${number}`))
  const stop = await pingAll(...well)
  await router.commit(specOf(...tunnels((number) => bad[number] ?? {})))
  await failed('site-1', /pre-shared key .*AUTHENTICATION_FAILED/)
  await failed('site-2', /none of the proposals .*NO_PROPOSAL_CHOSEN/)
  await failed('site-3', /none of the proposals .*NO_PROPOSAL_CHOSEN/)
  await failed('site-4', /other subnets/)
  await failed('site-5', /does not answer/)
  await failed('site-6', /wrong pre-shared key/)
  // What has no tunnel does not leave in the open.
  const unprotected = await counter('vpn_unprotected')
  expect(await pings(guest, '10.200.99.1')).toBe(false)
  expect(await counter('vpn_unprotected')).toBe(unprotected + 1)
  // Of the router's own least of all.
  const inClear = await watchClear(topology.outside, '10.200.99.1')
  expect(await pings(router.netns, '10.200.99.1')).toBe(false)
  expect(await inClear()).toEqual([])
  expect(await counter('vpn_unprotected')).toBe(unprotected + 2)
  expect(await pings(router.netns, '10.200.7.1')).toBe(true)
  const spec = VpnSpec.parse(specOf(...tunnels((number) => bad[number] ?? {})).vpn)
  await expect(vpn.watch?.(spec, router.effects)).rejects.toThrow(/VPN connections are not up: site-1 is Error/)
  await router.commit(specOf(...tunnels((number) => (number === 6 ? { version: 'ikev1' } : {}))))
  await connected(...ids)
  expect(await stop()).toEqual(new Map())
})

test('who floods charon with garbage from an address of a peer disturbs nobody', async () => {
  const { router, outside } = topology
  await peer.configure(numbers.map((number) => there(number)).join(''))
  await router.commit(specOf(...tunnels()))
  await connected(...ids)
  const raw = await peer.swanctl('--list-sas', '--raw', '--ike', 'site1')
  const spi = (name: string): string => new RegExp(`${name}=(\\w+)`).exec(raw)?.[1] ?? ''
  const [ike, esp] = [spi('initiator-spi') + spi('responder-spi'), spi('spi-out')]
  expect([ike.length, esp.length]).toEqual([32, 8])
  const stop = await pingAll(...numbers)
  // Of any length, heads of IKE_SA_INIT with nonsense behind them, and ESP of nobody's SA; then all of it of its own SAs.
  const flood = await outside.spawn([
    process.execPath,
    '-e',
    `const { randomBytes, randomInt } = require('node:crypto')
     const socket = require('node:dgram').createSocket('udp4')
     socket.bind(0, '203.0.113.1', async () => {
       for (let sent = 1; sent <= 3000; sent++) {
         const packet = randomBytes(randomInt(1, 1400))
         const port = sent % 2 ? 500 : 4500
         const head = port === 500 ? 0 : 4
         if (sent % 3 === 0) packet.fill(0, 0, Math.min(head, packet.length))
         if (sent % 3 === 0 && packet.length >= head + 28) {
           packet.fill(0, head + 8, head + 16)
           packet.set([33, 0x20, 34, 8, 0, 0, 0, 0], head + 16)
           packet.writeUInt32BE(packet.length - head, head + 24)
         }
         if (sent % 3 === 1 && packet.length >= head + 28) {
           if (port === 4500 && sent % 2 === 0) packet.set(Buffer.from('${esp}', 'hex'))
           else {
             packet.set(Buffer.from('${ike}', 'hex'), head)
             packet.set([46, 0x20, 34 + (sent % 4), sent % 2 ? 8 : 0x20, 0, 0, 0, sent % 256], head + 16)
             packet.writeUInt32BE(packet.length - head, head + 24)
           }
         }
         await new Promise((resolve) => socket.send(packet, port, '198.51.100.5', resolve))
         if (sent % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
       }
       console.log('all sent')
       socket.close()
     })`,
  ])
  await until('all was sent', () => flood.output().includes('all sent'), { timeoutMs: 60_000 })
  // Once it has proved who it is, it asks for what is not its own.
  const other = `children { other { local_ts = 10.250.0.0/16
    esp_proposals = aes256-sha256-modp2048 }`
  await peer.configure(
    numbers
      .map((number) => there(number))
      .join('')
      .replace('children {', other),
  )
  for (let asked = 0; asked < 10; asked++)
    await expect(peer.swanctl('--initiate', '--ike', 'site1', '--child', 'other')).rejects.toThrow('CHILD_SA')
  expect(peer.output().match(/received TS_UNACCEPTABLE notify/g)?.length).toBeGreaterThanOrEqual(10)
  expect(await stop()).toEqual(new Map())
  expect((await states()).map(({ state }) => state)).toEqual(ids.map(() => 'Connected'))
  expect(await router.drift()).toEqual([])
})

test('a peer that dies without a word is given up in the time that is configured, and found again when it is back', async () => {
  const { router, outside } = topology
  const dying = [1, 2]
  await peer.configure(numbers.map((number) => there(number, number === 1 ? { version: '1' } : {})).join(''))
  const dpd = { delaySeconds: 1, timeoutSeconds: 4 }
  await router.commit(specOf(...tunnels((number) => (number === 1 ? { version: 'ikev1', dpd } : { dpd }))))
  await connected(...ids)
  const stop = await pingAll(...numbers.slice(2))
  const said: string[] = []
  await using listener = await openVici(router.effects)
  const log = await listener.subscribe(['log'], { buffer: 65_536 })
  const listening = async () => {
    for await (const { msg } of log) said.push(msg)
  }
  void listening().catch(() => undefined)
  // What it says no longer comes, it hears nothing, and forgets what it had.
  await outside.nft(`table ip dead {
    set dead { type ipv4_addr; elements = { ${dying.map((number) => `203.0.113.${number}`).join(', ')} } }
    chain hears { type filter hook input priority -300; ip daddr @dead udp dport { 500, 4500 } drop; }
    chain says { type filter hook output priority -300; ip saddr @dead udp sport { 500, 4500 } drop; }
  }`)
  for (const number of dying) await peer.swanctl('--terminate', '--ike', `site${number}`, '--force').catch(() => '')
  for (const number of dying) await failed(`site-${number}`, /^the peer does not answer$/)
  // That is what charon does by itself, after a minute.
  expect(said.filter((msg) => /^giving up after \d+ retransmits/.test(msg))).toEqual([])
  expect(said.some((msg) => msg.startsWith('retransmit 2 of request'))).toBe(true)
  for (const number of dying)
    expect(router.told('vpn')).toContainEqual({
      id: `site-${number}`,
      state: 'Error',
      reason: 'the peer does not answer',
    })
  await outside.nft('delete table ip dead')
  await connected(...dying.map((number) => `site-${number}`))
  for (const number of dying) await until('it is reached again', () => pings(guest, `10.200.${number}.1`))
  expect(await stop()).toEqual(new Map())
})

test("a guest that talks to a peer from IKE's port is not sent what is for charon", async () => {
  const { router } = topology
  const spi = async () => /initiator-spi=(\w+)/.exec(await peer.swanctl('--list-sas', '--raw', '--ike', 'site3'))?.[1]
  // As after minutes in which nobody spoke.
  await router.effects.run(['conntrack', '-F'])
  for (const port of ['500', '4500'])
    await guest.exec(['sh', '-c', `echo x | nc -u -q 0 -p ${port} 203.0.113.3 ${port}`])
  const { stdout: flows } = await router.effects.run(['conntrack', '-L', '-p', 'udp', '--src', '10.1.1.10'])
  expect(flows.match(/src=203.0.113.3 dst=198.51.100.5 sport=4?500 dport=4?500/g)).toHaveLength(2)
  const before = await spi()
  expect(before).toBeDefined()
  await peer.swanctl('--rekey', '--ike', 'site3')
  await until('it is rekeyed', async () => (await spi()) !== before)
  await connected('site-3')
  expect(await pings(guest, '10.200.3.1')).toBe(true)
})

test('the other side may begin, with either version, and with a tunnel for each pair of subnets', async () => {
  const { router } = topology
  await peer.configure(there(1) + there(2, { version: '1' }) + there(3, { subnets: '10.200.3.0/24,10.200.103.0/24' }))
  const both = { gateway: '203.0.113.3', subnets: ['10.200.3.0/24', '10.200.103.0/24'] }
  await router.commit(
    specOf(
      site(1, { passive: true, version: 'ike' }),
      site(2, { passive: true, version: 'ike' }),
      site(3, { split: true, remote: both, encap: true }),
    ),
  )
  await connected('site-3')
  expect((await states()).map(({ state }) => state)).toEqual(['Disconnected', 'Disconnected', 'Connected'])
  for (const number of [1, 2]) await peer.swanctl('--initiate', '--ike', `site${number}`, '--child', 'net')
  await connected('site-1', 'site-2')
  expect(await pingsBack(1)).toBe(true)
  expect(await pingsBack(2)).toBe(true)
  await until(
    'both pairs have their SA',
    async () => (await peer.swanctl('--list-sas', '--ike', 'site3')).match(/net: #/g)?.length === 2,
  )
})

test('an agent that starts anew finds out what charon has, and disturbs nothing', async () => {
  const { effects } = topology.router
  const spec = VpnSpec.parse(specOf(...tunnels()).vpn)
  await peer.configure(numbers.map((number) => there(number)).join(''))
  await topology.router.commit(specOf(...tunnels()))
  await connected(...ids)
  const stop = await pingAll(...numbers)
  const anew = { ...effects }
  await vpn.tick?.(spec, anew, wholeOf(specOf(...tunnels())))
  expect(await vpn.drift?.(spec, anew)).toEqual([])
  expect(await vpn.state?.(spec, anew)).toEqual({
    connections: ids.map((id) => ({ id, state: 'Connected', since: expect.any(Number) })),
  })
  expect(await stop()).toEqual(new Map())
  knownSites(anew)?.close()
})

test("every algorithm of the API is one that the image's charon has", async () => {
  await using vici = await openVici(topology.router.effects)
  const has = await vici.getAlgorithms()
  expect(Object.keys(has.encryption ?? {})).toEqual(expect.arrayContaining(['3DES_CBC', 'AES_CBC']))
  expect(Object.keys(has.aead ?? {})).toEqual(expect.arrayContaining(['AES_GCM_16', 'CHACHA20_POLY1305']))
  expect(Object.keys(has.integrity ?? {})).toEqual(
    expect.arrayContaining([
      'HMAC_MD5_96',
      'HMAC_SHA1_96',
      'HMAC_SHA2_256_128',
      'HMAC_SHA2_384_192',
      'HMAC_SHA2_512_256',
    ]),
  )
  expect(Object.keys(has.ke ?? has.dh ?? {})).toEqual(
    expect.arrayContaining([
      ...['MODP_1024', 'MODP_1536', 'MODP_2048', 'MODP_3072', 'MODP_4096', 'MODP_6144', 'MODP_8192', 'MODP_1024_160'],
      ...['MODP_2048_224', 'MODP_2048_256', 'ECP_256', 'ECP_384', 'ECP_521', 'CURVE_25519'],
    ]),
  )
})

test('what an agent that died had unloaded and not ended is ended', async () => {
  const { router } = topology
  const all = tunnels()
  await using vici = await openVici(router.effects)
  for (const name of ['site-site-2', 'site-site-3']) await vici.unloadConn(name)
  const [, , third, ...others] = all
  const change = { ...(third as Input), resets: 1 }
  await router.commit(specOf(...all.slice(0, 1), change, ...others))
  await connected('site-3')
  const names = (await vici.listSas().toArray()).map(({ name }) => name)
  expect(names.filter((name) => name === 'site-site-2')).toEqual([])
  expect(names.filter((name) => name === 'site-site-3')).toEqual(['site-site-3'])
  await router.commit(specOf(...all))
  await connected(...ids)
})

test('a charon that dies is told everything again', async () => {
  const { router } = topology
  await router.effects.unit('restart', UNIT)
  await connected(...ids)
  expect(await pings(guest, '10.200.3.1')).toBe(true)
  expect(await router.drift()).toEqual([])
})

test('keys are in no file, log, argument, plan, difference or state', async () => {
  const { router } = topology
  const next = specOf(site(3, { psk: 'An entirely new secret' }))
  const [before, after] = [specOf(site(3)), next].map((services) => VpnSpec.parse(services.vpn))
  const told = JSON.stringify([
    vpn.plan({ before, after, files: [] }),
    await router.commit(next),
    await router.drift(),
    await router.state('vpn'),
    charon(),
    peer.output(),
  ])
  const secrets = [PSK, 'An entirely new secret', 'another key than theirs']
  const search = router.effects.run(['grep', '-rlaFf', '-', '/run', '/etc', '/var'], { input: secrets.join('\n') })
  // grep finds nothing with 1.
  await expect(search).rejects.toThrow('ended with code 1.')
  const words = await commandLines()
  for (const secret of secrets) {
    expect(told).not.toContain(secret)
    expect(words).not.toContain(secret)
  }
})

test('without a VPN nothing of it runs or listens', async () => {
  const { router } = topology
  await router.commit(specOf())
  expect(router.units.asked.at(-1)).toBe(`stop ${UNIT}`)
  expect((await router.effects.run(['ss', '-Hlnu'])).stdout).not.toMatch(/:(500|4500) /)
  expect(await router.state('vpn')).toEqual({ connections: [] })
  expect(await router.drift()).toEqual([])
})
