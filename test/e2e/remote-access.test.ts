import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../lab/index.ts'
import { patienceSeconds } from '../lab/patience.ts'
import { logIn, startClient } from '../lab/strongswan/client.ts'
import { type Cloud, createCloud, idOf, one } from './cloud/index.ts'

let cloud: Cloud
beforeAll(async () => {
  cloud = await createCloud('people', { driver: 'container' })
})
afterAll(() => cloud?.[Symbol.asyncDispose]())

test('somebody at home reaches a guest behind the firewall of its network, until the user is removed', async () => {
  const { run, client, lab, outside } = cloud
  const network = idOf(await cloud.network('n1', '10.5.0.1', '255.255.255.0'))
  await cloud.deploy('g1', network, undefined, { ipaddress: '10.5.0.10' })
  const nat = { associatednetworkid: network, issourcenat: true }
  const publicipid = idOf(one(await client.call('listPublicIpAddresses', nat), 'publicipaddress'))
  const login = { name: 'ann', password: 'Horse-battery9' }
  await run('addVpnUser', { username: login.name, password: login.password })
  const vpn = await run('createRemoteAccessVpn', { publicipid })
  expect(vpn.state).toBe('Running')

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
