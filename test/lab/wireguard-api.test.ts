import { createPrivateKey, createPublicKey } from 'node:crypto'
import { VpnSpec, WireGuardSpec } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { readQrCode } from '../unit/manager/wireguard/read-qrcode.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { tablesWith } from './tables.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

/** What a configuration says of each word. */
const read = (configuration: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...configuration.matchAll(/^(\w+) = (.*)$/gm)].map(([, word, value]) => [word, value]))

const publicKeyOf = (privateKey: string): string => {
  const d = Buffer.from(privateKey, 'base64').toString('base64url')
  // A public key must be named, and is found out anew.
  const key = createPrivateKey({ key: { kty: 'OKP', crv: 'X25519', d, x: d }, format: 'jwk' })
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  return Buffer.from(x, 'base64url').toString('base64')
}

it('gives users keys and configurations that fit those of the router, beside IKEv2 at the same address', async () => {
  await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
  const { call, simulator, db } = cloud
  const zone = await setUpZone(call, 'local:?netns=wg-h1')
  const size = { gateway: '10.5.0.1', netmask: '255.255.255.0' }
  const made = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: 'n1', ...size }
  const networkid = idOf(await run(call, 'createNetwork', made, 'network'))
  await run(call, 'deployVirtualMachine', { ...zone.guest, networkids: networkid, name: 'g' }, 'virtualmachine')
  const [router] = await list(call, 'listRouters', 'router')
  const services = () => {
    const { spec } = simulator.agent(String(router?.linklocalip)) ?? {}
    const { vpn, wireguard } = (spec as { services: Record<string, unknown> }).services
    return {
      ikev2: vpn === undefined ? undefined : VpnSpec.parse(vpn).remoteAccess,
      wireguard: wireguard === undefined ? undefined : WireGuardSpec.parse(wireguard),
    }
  }
  const [source] = await list(call, 'listPublicIpAddresses', 'publicipaddress')
  const publicipid = idOf(source)
  const create = (params: Readonly<Record<string, string>>) => call('createRemoteAccessVpn', { publicipid, ...params })
  const add = async (username: string) =>
    idOf(await run(call, 'addVpnUser', { username, password: 'Horse-battery9' }, 'vpnuser'))
  const configurationOf = (id: string) => call('getVpnClientConfiguration', { id, publicipid })

  const ann = await add('ann')
  await run(call, 'createRemoteAccessVpn', { publicipid, protocol: 'ikev2' }, 'remoteaccessvpn')
  expect(await configurationOf(ann)).toMatchObject({
    ...{ status: 431, body: { errortext: expect.stringContaining('no remote access VPN of WireGuard for ann') } },
  })
  const wireguard = { protocol: 'wireguard', iprange: '10.1.3.1-10.1.3.2' }
  expect(await create({ protocol: 'wireguard' })).toMatchObject({
    ...{ status: 431, body: { errortext: expect.stringContaining('overlaps the clients of the remote access VPN') } },
  })
  const vpn = await run(call, 'createRemoteAccessVpn', { publicipid, ...wireguard }, 'remoteaccessvpn')
  expect(vpn).toMatchObject({
    ...{ state: 'Running', protocol: 'wireguard', iprange: '10.1.3.1-10.1.3.2', publicip: source?.ipaddress },
  })
  expect(Object.keys(vpn)).not.toContain('cacertificate')
  const opened = await list(call, 'listFirewallRules', 'firewallrule', { ipaddressid: publicipid })
  expect(opened.map(({ protocol, startport }) => `${protocol} ${startport}`).toSorted()).toEqual([
    ...['udp 4500', 'udp 500', 'udp 51820'],
  ])

  const ben = await add('ben')
  const spec = services().wireguard
  expect(services().ikev2?.users.map(({ name }) => name)).toEqual(['ann', 'ben'])
  expect(spec).toMatchObject({
    ...{ address: source?.ipaddress, port: 51_820, subnets: ['10.5.0.0/24'], dns: ['10.5.0.1'] },
    ...{ pool: { first: '10.1.3.1', last: '10.1.3.2' } },
    peers: [
      { user: 'ann', address: '10.1.3.1' },
      { user: 'ben', address: '10.1.3.2' },
    ],
  })
  expect(vpn.publickey).toBe(publicKeyOf(spec?.privateKey ?? ''))

  const secrets = [spec?.privateKey ?? '']
  for (const [index, id] of [ann, ben].entries()) {
    const { body } = await configurationOf(id)
    const { vpnclientconfiguration: told } = body as { vpnclientconfiguration: Readonly<Record<string, string>> }
    expect(told).toMatchObject({ id, username: ['ann', 'ben'][index], publicipid, ipaddress: `10.1.3.${index + 1}` })
    const words = read(told?.configuration ?? '')
    const peer = spec?.peers[index]
    expect(words).toEqual({
      ...{ PrivateKey: expect.any(String), Address: `10.1.3.${index + 1}/32`, DNS: '10.5.0.1', MTU: '1420' },
      ...{ PublicKey: vpn.publickey, PresharedKey: peer?.presharedKey, AllowedIPs: '10.5.0.0/24' },
      ...{ Endpoint: `${String(source?.ipaddress)}:51820`, PersistentKeepalive: '25' },
    })
    expect(publicKeyOf(words.PrivateKey ?? '')).toBe(peer?.publicKey)
    expect(readQrCode(told?.qrcode ?? '')).toBe(told?.configuration)
    secrets.push(words.PrivateKey ?? '', words.PresharedKey ?? '')
  }
  // Nothing that was written down or listed has a secret.
  const listed = JSON.stringify([
    await list(call, 'listRemoteAccessVpns', 'remoteaccessvpn'),
    await list(call, 'listVpnUsers', 'vpnuser'),
    await list(call, 'listEvents', 'event'),
  ])
  for (const secret of secrets) {
    expect(await tablesWith(db, secret)).toEqual([])
    expect(listed).not.toContain(secret)
  }

  expect(await call('addVpnUser', { username: 'eve', password: 'Horse-battery9' })).toMatchObject({
    ...{ status: 533, body: { errortext: expect.stringContaining('too few addresses for all VPN users') } },
  })
  expect(await list(call, 'listVpnUsers', 'vpnuser', { username: 'eve' })).toEqual([])
  await run(call, 'removeVpnUser', { username: 'ann' })
  expect(services().wireguard?.peers).toEqual([spec?.peers[1]])
  expect(await configurationOf(ann)).toMatchObject({ status: 431 })
  // Whoever has the address now has other keys.
  await add('ann')
  const [again] = services().wireguard?.peers ?? []
  expect(again).toMatchObject({ user: 'ann', address: '10.1.3.1' })
  expect(again?.publicKey).not.toBe(spec?.peers[0]?.publicKey)

  expect(await call('deleteRemoteAccessVpn', { publicipid })).toMatchObject({
    ...{ status: 431, body: { errortext: expect.stringContaining('of ikev2 and wireguard: name one') } },
  })
  await run(call, 'deleteRemoteAccessVpn', { publicipid, protocol: 'wireguard' })
  expect(services()).toMatchObject({ ikev2: { users: [{ name: 'ann' }, { name: 'ben' }] }, wireguard: undefined })
  expect(await db.selectFrom('wireguard_peer').selectAll().execute()).toEqual([])
  const left = await list(call, 'listFirewallRules', 'firewallrule', { ipaddressid: publicipid })
  expect(left.map(({ startport }) => Number(startport)).toSorted()).toEqual([4500, 500])

  // Of users who come and go while a VPN is made, whoever stays has keys.
  const [carl, dora] = await Promise.all([
    add('carl'),
    add('dora'),
    run(call, 'createRemoteAccessVpn', { publicipid, ...wireguard, iprange: '10.1.3.1-10.1.3.8' }, 'remoteaccessvpn'),
    run(call, 'removeVpnUser', { username: 'ben' }),
  ])
  const users = await list(call, 'listVpnUsers', 'vpnuser')
  expect(users.map(({ username }) => username).toSorted()).toEqual(['ann', 'carl', 'dora'])
  expect(new Set(services().wireguard?.peers.map(({ user }) => user))).toEqual(new Set(['ann', 'carl', 'dora']))
  // What is wrong with another VPN of the account is no reason to give nobody a configuration.
  await db.updateTable('remote_access_vpn').set({ problem: 'none' }).where('protocol', '=', 'ikev2').execute()
  for (const id of [carl, dora]) expect(await configurationOf(id)).toMatchObject({ status: 200 })
})
