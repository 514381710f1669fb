import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHome } from '../lab/home.ts'
import { type Namespace, until } from '../lab/index.ts'
import { patienceSeconds } from '../lab/patience.ts'
import { logIn, startClient } from '../lab/strongswan/client.ts'
import { startWireGuard } from '../lab/wireguard/client.ts'
import { type Cloud, createCloud, idOf, one } from './cloud/index.ts'
import { leaksOf, watchProcesses } from './cloud/leaks.ts'

/** What people and their machines know, and nobody else. */
const secrets: string[] = ['BEGIN PRIVATE KEY']
const processes = watchProcesses()

let cloud: Cloud
beforeAll(async () => {
  cloud = await createCloud('people', { driver: 'container' })
})
afterAll(async () => {
  await processes().catch(() => undefined)
  await cloud?.[Symbol.asyncDispose]()
})

test('somebody at home reaches a guest behind the firewall of its network, until the user is removed', async () => {
  const { run, client, lab, outside } = cloud
  const network = idOf(await cloud.network('n1', '10.5.0.1', '255.255.255.0'))
  await cloud.deploy('g1', network, undefined, { ipaddress: '10.5.0.10' })
  const nat = { associatednetworkid: network, issourcenat: true }
  const publicipid = idOf(one(await client.call('listPublicIpAddresses', nat), 'publicipaddress'))
  const login = { name: 'ann', password: 'Horse-battery9' }
  secrets.push(login.password)
  await run('addVpnUser', { username: login.name, password: login.password })
  const vpn = await run('createRemoteAccessVpn', { publicipid, protocol: 'ikev2' })
  expect(vpn.state).toBe('Running')
  // The kernel here cannot do what CloudStack's clients ask for: they are told, and the other VPN goes on.
  const old = await run('createRemoteAccessVpn', { publicipid, iprange: '10.1.3.1-10.1.3.8' })
  expect(old).toMatchObject({
    protocol: 'l2tp',
    state: 'Error',
    reason: expect.stringMatching(/^SYSVM_VPN_KERNEL: .*ESP/),
  })
  secrets.push(String(old.presharedkey))
  await run('deleteRemoteAccessVpn', { publicipid, protocol: 'l2tp' })

  const [server, authority] = [String(vpn.publicip), String(vpn.cacertificate)]
  await outside.sysctl('net.ipv4.ip_forward', 1)
  const home = await startClient({ lab, outside, authority }, 'home', 1)
  const { vici } = home.charon
  const there = { server, subnet: '10.5.0.0/24', login }
  await logIn(vici, there)
  await until(
    'the guest answers',
    () => home.at.exec(['ping', '-c', '1', '-W', patienceSeconds(1), '10.5.0.10']).then(Boolean, () => undefined),
    { timeoutMs: cloud.patienceMs },
  )
  await expect(logIn(vici, { ...there, login: { ...login, password: 'wrong' } })).rejects.toThrow()

  await run('removeVpnUser', { username: login.name })
  await until('the session is cut', async () => (await vici.listSas().toArray()).length === 0)
  await expect(logIn(vici, there)).rejects.toThrow()
  vici.close()
})

test('so does by WireGuard, at the same address, who has nothing but the configuration that was downloaded', async () => {
  const { run, client, lab, outside } = cloud
  const nat = { issourcenat: true }
  const publicipid = idOf(one(await client.call('listPublicIpAddresses', nat), 'publicipaddress'))
  const [ben, eve] = [
    idOf(await run('addVpnUser', { username: 'ben', password: 'Horse-battery9' })),
    idOf(await run('addVpnUser', { username: 'eve', password: 'Horse-battery9' })),
  ]
  const range = { protocol: 'wireguard', iprange: '10.1.3.1-10.1.3.8' }
  expect((await run('createRemoteAccessVpn', { publicipid, ...range })).state).toBe('Running')
  const connect = async (name: string, number: number, id: string) => {
    const { vpnclientconfiguration: told } = await client.call('getVpnClientConfiguration', { id, publicipid })
    const { configuration } = told as { readonly configuration: string }
    for (const [, key = ''] of configuration.matchAll(/^(?:PrivateKey|PresharedKey) = (.+)$/gm)) secrets.push(key)
    return startWireGuard(lab, await openHome(lab, outside, name, number), configuration)
  }
  const homes = [await connect('ben', 5, ben), await connect('eve', 9, eve)] as const
  const pings = (from: Namespace): Promise<boolean> =>
    from.exec(['ping', '-c', '1', '-W', patienceSeconds(1), '10.5.0.10']).then(
      () => true,
      () => false,
    )
  for (const { at } of homes)
    await until('the guest answers', async () => (await pings(at)) || undefined, { timeoutMs: cloud.patienceMs })
  await run('removeVpnUser', { username: 'ben' })
  expect([await pings(homes[0].at), await pings(homes[1].at)]).toEqual([false, true])
  // The clients' own programs have theirs in their environment or on their command lines no more than ours.
  expect(secrets).toHaveLength(7)
  expect(await leaksOf(cloud, secrets, { 'a command line': await processes() })).toEqual([])
  await run('deleteRemoteAccessVpn', { publicipid, protocol: 'wireguard' })
  expect(await pings(homes[1].at)).toBe(false)
  const left = await client.call('listRemoteAccessVpns', { publicipid })
  expect(one(left, 'remoteaccessvpn')).toMatchObject({ protocol: 'ikev2', state: 'Running' })
})
