import { issueServer, newAuthority } from '@sysvm/manager/certificates/issue'
import { newKeyPair } from '@sysvm/manager/wireguard/keys'
import type { RouterServices, VpnState } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { proveGuard } from '../lab/guarded.ts'
import { openHome } from '../lab/home.ts'
import { createLab, type Lab, type Namespace, until } from '../lab/index.ts'
import { startOldClient } from '../lab/l2tp/client.ts'
import { startLibreswan } from '../lab/libreswan/peer.ts'
import { BRIDGES, type RealRouter, realSpec, startRealRouter } from '../lab/real-router.ts'
import { pings, useAddress } from '../lab/router/guest.ts'
import { baseSpec } from '../lab/router/spec.ts'
import { startPeer } from '../lab/servers/strongswan.ts'
import { logIn, startClient } from '../lab/strongswan/client.ts'
import { startWireGuard } from '../lab/wireguard/client.ts'
import { newWireGuardUser, wireGuardOf } from '../lab/wireguard/users.ts'
import { l2tp } from '../unit/appliances/router/vpn/l2tp/spec.ts'
import { access } from '../unit/appliances/router/vpn/remoteaccess/spec.ts'
import { connection, PSK } from '../unit/appliances/router/vpn/spec.ts'

const peerText = `
connections { site1 {
  version = 2
  local_addrs = 203.0.113.1
  remote_addrs = 198.51.100.5
  proposals = aes256-sha256-modp2048
  local { auth = psk
    id = 203.0.113.1 }
  remote { auth = psk
    id = 198.51.100.5 }
  children { net {
    local_ts = 10.200.1.0/24
    remote_ts = 10.1.1.0/24
    esp_proposals = aes256-sha256-modp2048
  } }
} }
secrets { ike-1 {
  id-1 = 203.0.113.1
  secret = "${PSK}"
} }
`

let lab: Lab
let router: RealRouter
let guest: Namespace
let outside: Namespace

const { interfaces, firewall, nat } = baseSpec as unknown as RouterServices
const services = { interfaces, firewall, ...(nat === undefined ? {} : { nat }) }
/** On the public side, of no interface of the router's: for a client that needs this kernel. */
const SPARE = { mac: '02:00:c6:33:64:4d', bridge: BRIDGES.public, device: 'eth3' }
/** The same for another site. */
const SITE = { mac: '02:00:c6:33:64:4e', bridge: BRIDGES.public, device: 'eth4' }

beforeAll(async () => {
  lab = await createLab('vpn-vm')
  router = await startRealRouter(lab, { driver: 'kvm', bootMs: 240_000, memoryMiB: 384, nics: [SPARE, SITE] })
  guest = await lab.namespace('guest')
  outside = await lab.namespace('outside')
  const { namespace } = router.host
  await lab.link(
    { at: guest, device: 'eth0', address: '10.1.1.10/24' },
    { at: namespace, device: 'to-guest', bridge: BRIDGES.guest },
  )
  await lab.link(
    { at: outside, device: 'eth0', address: '198.51.100.1/24' },
    { at: namespace, device: 'to-outside', bridge: BRIDGES.public },
  )
  await useAddress(guest, '10.1.1.10/24')
  await outside.ip(['address', 'add', '203.0.113.1/32', 'dev', 'lo'], ['address', 'add', '10.200.1.1/32', 'dev', 'lo'])
}, 300_000)
afterAll(() => lab?.[Symbol.asyncDispose]())

/** Containers here have no ESP of the kernel's; a machine with Debian's own has. */
test("a tunnel by the kernel's ESP, and a client by its WireGuard", async () => {
  const peer = await startPeer(lab, outside, peerText, ['10.1.1.0/24'])
  await router.commit(realSpec({ ...services, vpn: { connections: [connection()] } }))
  const up = (): Promise<unknown> =>
    until(
      'the tunnel is up',
      async () => {
        const { connections } = await router.ask<VpnState>('GET', '/v1/state/vpn')
        if (connections[0]?.state === 'Connected') return true
        throw new Error(JSON.stringify(connections))
      },
      { timeoutMs: 60_000 },
    )
  await up()
  await until('the other site answers', () => pings(guest, '10.200.1.1'))
  // From there, too; and without the tunnel's help nothing is what it claims to be.
  await outside.exec(['ping', '-c', '1', '-W', '10', '-I', '10.200.1.1', '10.1.1.10'])
  await outside.ip(['rule', 'add', 'to', '10.1.1.10/32', 'lookup', '99', 'pref', '100'])
  await outside.ip(['route', 'add', '10.1.1.10/32', 'via', '198.51.100.5', 'table', '99'])
  await expect(outside.exec(['ping', '-c', '1', '-W', '3', '-I', '10.200.1.1', '10.1.1.10'])).rejects.toThrow()
  await outside.ip(['rule', 'delete', 'pref', '100'])
  // A charon that is killed leaves no SA behind to be used by whom the next one does not know.
  const inKernel = async (): Promise<readonly string[]> =>
    [...(await router.inside('ip xfrm state')).matchAll(/spi (0x\w+)/g)].map(([, spi]) => spi ?? '')
  const before = await inKernel()
  expect(before).toHaveLength(2)
  await router.inside('systemctl kill --kill-whom=main --signal=KILL sysvm-charon@kernel')
  const isNew = (spi: string): boolean => !before.includes(spi)
  await until('the next one has its own', async () => (await inKernel()).some(isNew), { timeoutMs: 60_000 })
  expect((await inKernel()).filter((spi) => !isNew(spi))).toEqual([])
  await up()
  expect(await pings(guest, '10.200.1.1')).toBe(true)
  // Its end is told, and nothing of it is left.
  await router.commit(realSpec(services))
  await until('the peer knows', async () => (await peer.swanctl('--list-sas')) === '')
  expect(await router.ask('GET', '/v1/drift')).toMatchObject({ differences: [] })
  expect(await router.inside('ip xfrm state; ip xfrm policy')).toBe('')

  // WireGuard is the kernel's, too.
  const server = newKeyPair()
  const ann = newWireGuardUser('ann', '10.9.0.1', server.publicKey)
  await router.commit(realSpec({ ...services, wireguard: wireGuardOf(server.privateKey, [ann.peer]) }))
  expect(await router.inside('ip -details link show wg0')).toMatch(/^\s+wireguard\b/m)
  expect(await router.inside('systemctl is-active sysvm-wireguard || true')).toBe('inactive\n')
  await outside.sysctl('net.ipv4.ip_forward', 1)
  const home = await openHome(lab, outside, 'ann', 1)
  await startWireGuard(lab, home, ann.configuration)
  await until('the guest answers', () => pings(home, '10.1.1.10'), { timeoutMs: 60_000 })
  await router.commit(realSpec({ ...services, wireguard: wireGuardOf(server.privateKey, []) }))
  expect(await pings(home, '10.1.1.10')).toBe(false)
  await router.commit(realSpec(services))
  expect(await router.ask('GET', '/v1/drift')).toMatchObject({ differences: [] })
  expect(await router.inside('ip -brief link')).not.toContain('wg0')
})

test('an old client by L2TP beside one of IKEv2, each by a password, until the user is removed', async () => {
  const authority = await newAuthority('test')
  const server = await issueServer(authority, ['198.51.100.5'])
  const remoteAccess = access({ chain: `${server.certificate}${authority.certificate}`, key: server.privateKey })
  const commit = (change: Parameters<typeof l2tp>[0] = {}) =>
    router.commit(realSpec({ ...services, vpn: { remoteAccess, l2tp: l2tp(change) } }))
  const state = (): Promise<VpnState> => router.ask<VpnState>('GET', '/v1/state/vpn')
  await commit()
  expect(await state()).toEqual({ connections: [], sessions: [], l2tp: { state: 'Running' } })

  await outside.sysctl('net.ipv4.ip_forward', 1)
  const home = await startClient({ lab, outside, authority: authority.certificate }, 'home', 5)
  const login = { name: 'ann', password: 'correct-horse' }
  await logIn(home.charon.vici, { server: '198.51.100.5', subnet: '10.1.1.0/24', login })

  const old = await startOldClient(router, { device: SPARE.device, address: '198.51.100.77', server: '198.51.100.5' })
  await old.tryKey('Not the key')
  await until('the key is refused', async () =>
    (await router.inside('journalctl -u sysvm-charon@kernel --no-pager')).includes('processing failed'),
  )
  await old.secure(l2tp().psk)
  await old.dial('ann', 'wrong')
  await until('the password is refused', () => old.wasRefused(), { timeoutMs: 60_000 })
  await old.dial(login.name, login.password)
  await until('it has an address', async () => (await old.address()) === '10.9.1.2', { timeoutMs: 60_000 })

  await old.reach('10.1.1.0/24', '10.1.1.10')
  await until('the other one is answered', () => pings(home.at, '10.1.1.10'))
  for (const address of ['10.9.1.2', '10.9.0.1']) expect(await pings(guest, address)).toBe(true)
  const ann = { user: 'ann', since: expect.any(Number) }
  const both = async () => ((await state()).sessions?.length ?? 0) > 1
  await until('the router knows of both', both, { timeoutMs: 60_000 })
  expect((await state()).sessions).toEqual([
    { ...ann, protocol: 'ikev2', address: '10.9.0.1', from: '192.0.2.6' },
    { ...ann, protocol: 'l2tp', address: '10.9.1.2', from: '198.51.100.77' },
  ])
  expect(await router.inside('cat /proc/[0-9]*/cmdline | tr "\\0" " "; journalctl --no-pager')).not.toMatch(
    /correct-horse|Known to all/,
  )

  // The same name is another user of the other VPN here.
  expect((await commit({ users: [{ name: 'ben', password: 'staple-battery' }] })).actions).toMatchObject([
    { target: 'L2TP user ann', dropsFlows: true },
    { target: 'L2TP user ben', dropsFlows: false },
  ])
  await until('it is cut', async () => (await old.address()) === '', { timeoutMs: 60_000 })
  expect((await state()).sessions).toEqual([{ ...ann, protocol: 'ikev2', address: '10.9.0.1', from: '192.0.2.6' }])
  expect(await pings(home.at, '10.1.1.10')).toBe(true)
  home.charon.vici.close()

  await router.commit(realSpec(services))
  expect(await router.inside('ip xfrm state; ip xfrm policy; systemctl is-active sysvm-l2tp || :')).toBe('inactive\n')
})

test('libreswan at the other site: by IKEv2, which the router begins, and by IKEv1, which the site begins', async () => {
  await router.commit(realSpec(services))
  const [address, key] = ['198.51.100.88', 'Known to both of these']
  const site = await startLibreswan(router, lab.directory, {
    ...{ device: SITE.device, address, subnet: '10.200.2.0/24', host: '10.200.2.1' },
    ...{ router: '198.51.100.5', behindRouter: '10.1.1.0/24', psk: key },
  })
  const tunnel = (change: Partial<ReturnType<typeof connection>>) =>
    connection(2, { remote: { gateway: address, subnets: ['10.200.2.0/24'] }, psk: key, ...change })
  const state = async () => (await router.ask<VpnState>('GET', '/v1/state/vpn')).connections[0]
  const isUp = (): Promise<unknown> =>
    until(
      'the tunnel is up',
      async () => {
        const now = await state()
        if (now?.state === 'Connected') return true
        throw new Error(`${JSON.stringify(now)} ${await site.log()}`)
      },
      { timeoutMs: 60_000 },
    )
  const carries = async (): Promise<void> => {
    await until('its guest answers', () => pings(guest, '10.200.2.1'))
    await site.reach('10.1.1.10')
    expect(await site.traffic()).toMatch(/inBytes=[1-9]\d*, outBytes=[1-9]/)
  }

  await site.take(2)
  await router.commit(realSpec({ ...services, vpn: { connections: [tunnel({ psk: 'Not the key of these' })] } }))
  await until('the key is refused', async () => (await state())?.state === 'Error', { timeoutMs: 60_000 })
  expect((await state())?.reason).toMatch(/pre-shared key/)
  await router.commit(realSpec({ ...services, vpn: { connections: [tunnel({})] } }))
  await isUp()
  await carries()

  await router.commit(realSpec({ ...services, vpn: { connections: [tunnel({ version: 'ikev1', passive: true })] } }))
  await until('libreswan has heard of the end', async () => (await site.traffic()) === '')
  expect(await state()).toMatchObject({ state: 'Disconnected' })
  await site.take(1)
  await site.begin(1)
  await isUp()
  await carries()
  await router.commit(realSpec(services))
  await until('libreswan has heard of that, too', async () => (await site.traffic()) === '')
})

test('its host drops what a nic of a VM may not send', () => proveGuard(router))
