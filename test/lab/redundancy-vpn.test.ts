import type { Drift } from '@sysvm/agent/api'
import { issueServer, newAuthority } from '@sysvm/manager/certificates/issue'
import { newKeyPair } from '@sysvm/manager/wireguard/keys'
import type { VpnInput, VpnState } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connection } from '../unit/appliances/router/vpn/spec.ts'
import { openHome } from './home.ts'
import { until } from './index.ts'
import { patienceSeconds } from './patience.ts'
import type { RealRouter } from './real-router.ts'
import { become, openPair, type Pair, pairSpec, stateOf } from './redundant.ts'
import { pings } from './router/guest.ts'
import { siteText } from './servers/site.ts'
import { type Peer, startPeer } from './servers/strongswan.ts'
import { type HomeClient, logIn, startClient } from './strongswan/client.ts'
import { startWireGuard, type WireGuardClient } from './wireguard/client.ts'
import { newWireGuardUser, wireGuardOf } from './wireguard/users.ts'

const ADDRESS = '198.51.100.5'
const KEY = 'Quite a l0ng secret'
const ANN = { name: 'ann', password: 'Horse-battery9' }

let pair: Pair
let peer: Peer
let ann: HomeClient
let vpn: VpnInput
let ben: WireGuardClient
const server = newKeyPair()
const phone = newWireGuardUser('ben', '10.10.0.1', server.publicKey)
const wireguard = {
  ...wireGuardOf(server.privateKey, [phone.peer]),
  pool: { first: '10.10.0.1', last: '10.10.0.9' },
}

beforeAll(async () => {
  pair = await openPair('redundant-vpn')
  const { lab, outside } = pair
  await outside.sysctl('net.ipv4.ip_forward', 1)
  await outside.ip(['address', 'add', '203.0.113.1/32', 'dev', 'lo'], ['address', 'add', '10.200.1.1/32', 'dev', 'lo'])
  const authority = await newAuthority('test')
  const server = await issueServer(authority, [ADDRESS])
  vpn = {
    connections: [connection(1, { psk: KEY })],
    remoteAccess: {
      address: ADDRESS,
      pool: { first: '10.9.0.1', last: '10.9.0.9' },
      subnets: ['10.1.0.0/16'],
      dns: [],
      chain: `${server.certificate}${authority.certificate}`,
      key: server.privateKey,
      users: [ANN],
    },
  }
  peer = await startPeer(lab, outside, siteText(KEY), ['10.1.1.0/24'])
  ann = await startClient({ lab, outside, authority: authority.certificate }, 'ann', 1)
})
afterAll(async () => {
  ann?.charon.vici.close()
  await pair?.[Symbol.asyncDispose]()
})

const vpnOf = (router: RealRouter): Promise<VpnState> => router.ask<VpnState>('GET', '/v1/state/vpn')
const connected = (router: RealRouter): Promise<unknown> =>
  until('the tunnel is up', async () => (await vpnOf(router)).connections[0]?.state === 'Connected', {
    timeoutMs: 60_000,
  })
const STANDBY = { connections: [{ id: 'site-1', state: 'Standby', since: expect.any(Number) }], sessions: [] }

const comesIn = async (): Promise<void> => {
  await ann.charon.vici.terminate({ ike: 'cloud', force: true, timeout: -1 }).catch(() => undefined)
  await logIn(ann.charon.vici, { server: ADDRESS, subnet: '10.1.0.0/16', login: ANN })
  await until('ann reaches the guest', () =>
    ann.at.exec(['ping', '-c', '1', '-W', patienceSeconds(1), '10.1.1.10']).then(
      () => true,
      () => false,
    ),
  )
}

test('the primary has the tunnels, the backup takes them over at once', async () => {
  const { one, two, guest } = pair
  await one.commit(pairSpec('first', { services: { vpn, wireguard } as never }))
  await two.commit(pairSpec('second', { services: { vpn, wireguard } as never }))
  await become(pair, 'PRIMARY', 'BACKUP')
  await connected(one)
  await until('the other site is reached', () => pings(guest, '10.200.1.1'))
  await comesIn()
  ben = await startWireGuard(pair.lab, await openHome(pair.lab, pair.outside, 'ben', 5), phone.configuration)
  await until('ben reaches the guest', () => pings(ben.at, '10.1.1.10'))
  expect((await vpnOf(one)).sessions).toMatchObject([{ user: 'ann' }])
  expect(await vpnOf(two)).toEqual(STANDBY)
  for (const router of [one, two])
    expect(await router.ask<Drift>('GET', '/v1/drift')).toMatchObject({ differences: [] })
  await one.driver.stopMachine(one.machine.name, { forced: true })
  await until('the other serves', async () => (await stateOf(two)).state === 'PRIMARY')
  await connected(two)
  await until('the other site is reached', () => pings(guest, '10.200.1.1'))
  await comesIn()
  // By itself, once nobody has answered it for 15 seconds.
  await until('ben reaches the guest again', () => pings(ben.at, '10.1.1.10'), { timeoutMs: 60_000 })
  // What the first one had is not in the peer's way.
  expect((await peer.swanctl('--list-sas')).match(/ESTABLISHED/g)).toHaveLength(1)
})

test('a router that loses its role ends what it has of tunnels, and begins none', async () => {
  const { one, two, guest } = pair
  await one.driver.ensureMachine(one.machine)
  await until('it is back', () => one.ask('GET', '/v1/status').then(Boolean))
  await become(pair, 'BACKUP', 'PRIMARY')
  expect(await vpnOf(one)).toEqual(STANDBY)
  const tunnels = (): Promise<string> =>
    two.inside('STRONGSWAN_CONF=/run/sysvm/live/vpn/user.conf swanctl --list-sas --uri unix:///run/charon/charon.vici')
  expect(await tunnels()).toContain('ESTABLISHED')
  await two.inside('systemctl restart sysvm-keepalived')
  await become(pair, 'PRIMARY', 'BACKUP')
  await connected(one)
  await until('the other site is reached', () => pings(guest, '10.200.1.1'))
  await until('the other one has no tunnel', async () => (await tunnels()) === '')
  expect(await vpnOf(two)).toEqual(STANDBY)
})
