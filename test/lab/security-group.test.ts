import { type HostDriver, type MachineSpec, openHost } from '@sysvm/manager/hosts'
import type { NicSecurity, SecurityRule } from '@sysvm/manager/hosts/driver'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmulatedHost } from './host.ts'
import { createLab, type Lab } from './lab.ts'
import { imageHash, macOf } from './machines.ts'
import { patienceSeconds } from './patience.ts'
import { makeTinyImage } from './tiny-image.ts'
import { until } from './until.ts'

let lab: Lab
let host: EmulatedHost
let driver: HostDriver
let image: string

/** The router and two guests of a network, and on another one a guest with the first one's address and its peer. */
const [router, web, client, twin, other] = [1, 2, 3, 4, 5]
const addresses: Readonly<Record<number, readonly string[]>> = {
  [router]: ['10.5.0.1', '2001:db8::1'],
  [web]: ['10.5.0.2', '2001:db8::2'],
  [client]: ['10.5.0.3', '2001:db8::3'],
  [twin]: ['10.5.0.2', '2001:db8::2'],
  [other]: ['10.5.0.3', '2001:db8::3'],
}
const servers = addresses[router] ?? []

const guest = (number: number, security?: NicSecurity): MachineSpec => ({
  name: `t8x${number}`,
  uuid: `7f0d1a52-6bb5-4d61-9d0c-4f9b29d9f10${number}`,
  kind: 'guest',
  image: imageHash(image),
  cpus: 1,
  memoryMiB: 64,
  nics: [
    {
      ...{ mac: macOf(number), bridge: number < twin ? 'brs' : 'brt', device: 'eth0' },
      ...(number === router ? {} : { addresses: addresses[number] ?? [] }),
      ...(security === undefined ? {} : { security }),
    },
  ],
})
const secure = (number: number, ingress: readonly SecurityRule[], egress: readonly SecurityRule[] | null = null) =>
  driver.ensureMachine(guest(number, { ingress, egress, servers }))

const as = async (number: number, script: string) =>
  (await host.connection.run(['ip', 'netns', 'exec', `sv-t8x${number}`, 'sh', '-c', script])).stdout
const works = (number: number, script: string) =>
  as(number, script).then(
    () => true,
    () => false,
  )
const reaches = (number: number, address: string, port: number) =>
  works(number, `nc -z -w ${patienceSeconds(1)} ${address} ${port}`)
const ping = (number: number, address: string) => works(number, `ping -c 1 -W ${patienceSeconds(1)} ${address} >&2`)
const ruleset = async () => (await host.connection.run(['nft', '-s', 'list', 'ruleset'])).stdout

const started: string[] = []
const listen = async (number: number, words: string) => {
  const pid = await as(number, `nc ${words} >/dev/null 2>&1 </dev/null & echo $!`)
  started.push(pid.trim())
}

beforeAll(async () => {
  lab = await createLab('security')
  const core = await lab.namespace('core')
  await core.bridge('br0', { address: '10.9.0.1/24', mtu: 1600 })
  host = await lab.host('h1', { core: { at: core, bridge: 'br0' }, address: '10.9.0.11/24' })
  driver = openHost(host.url, { driver: 'container' })
  image = await makeTinyImage(lab.directory, 'guest')
  await driver.ensureImage(image)
  for (const bridge of ['brs', 'brt'])
    await driver.ensureNetwork({ id: bridge, bridge, isolation: { kind: 'bridge' }, mtu: 1500 })
  for (const number of [router, web, client, twin, other]) {
    await driver.ensureMachine(guest(number))
    await until('it is up', async () => (await driver.readConsole(`t8x${number}`)).includes('tiny: ready'))
    const [four, six] = addresses[number] ?? []
    await as(
      number,
      `ip -4 address flush dev eth0; ip address add ${four}/24 dev eth0; ip address add ${six}/64 dev eth0 nodad`,
    )
  }
  for (const number of [web, client, twin, other])
    for (const port of [80, 81, 443]) for (const family of [4, 6]) await listen(number, `-${family} -lk ${port}`)
  await listen(router, '-4 -lk 53')
  await listen(router, '-4 -lk 22')
  await until('they listen', () => reaches(client, '10.5.0.2', 443))
})
afterAll(async () => {
  if (started.length > 0) await host?.connection.run(['sh', '-c', `kill ${started.join(' ')} || :`])
  await driver?.close()
  await lab?.[Symbol.asyncDispose]()
})

const anyone = ['0.0.0.0/0', '::/0']
const tcp = (first: number, last: number, peers: readonly string[] = anyone): SecurityRule => ({
  protocol: 'tcp',
  ports: [first, last],
  peers,
})

test('nothing comes in to a guest without rules, and all that it begins is answered', async () => {
  await secure(web, [])
  expect(await reaches(client, '10.5.0.2', 80)).toBe(false)
  expect(await reaches(client, '2001:db8::2', 80)).toBe(false)
  expect(await ping(client, '10.5.0.2')).toBe(false)
  expect(await reaches(web, '10.5.0.3', 80)).toBe(true)
  expect(await reaches(web, '2001:db8::3', 80)).toBe(true)
  expect(await ping(web, '2001:db8::3')).toBe(true)
})

test('a rule lets through its protocol, ports and peers of either family, and nothing else', async () => {
  await secure(web, [tcp(80, 81), tcp(443, 443, ['10.5.0.3', '2001:db8::9']), { protocol: 'icmp', peers: anyone }])
  expect(await reaches(client, '10.5.0.2', 80)).toBe(true)
  expect(await reaches(client, '2001:db8::2', 81)).toBe(true)
  expect(await reaches(client, '10.5.0.2', 443)).toBe(true)
  expect(await reaches(router, '10.5.0.2', 443)).toBe(false)
  expect(await reaches(client, '2001:db8::2', 443)).toBe(false)
  expect(await ping(client, '10.5.0.2')).toBe(true)
  expect(await ping(client, '2001:db8::2')).toBe(false)
  await secure(web, [{ protocol: 'icmp', icmp: { type: 13, code: 0 }, peers: anyone }])
  expect(await ping(client, '10.5.0.2')).toBe(false)
})

test('with rules of what it may begin it begins nothing else, but asks its router for names', async () => {
  await secure(web, [], [tcp(80, 80, ['10.5.0.0/24'])])
  expect(await reaches(web, '10.5.0.3', 80)).toBe(true)
  expect(await reaches(web, '2001:db8::3', 80)).toBe(false)
  expect(await reaches(web, '10.5.0.3', 81)).toBe(false)
  expect(await reaches(web, '10.5.0.1', 53)).toBe(true)
  expect(await reaches(web, '10.5.0.1', 22)).toBe(false)
})

test('what both sides are in decides, and the same again changes nothing', async () => {
  await secure(web, [tcp(80, 80)])
  await secure(client, [], [tcp(81, 81)])
  const before = await ruleset()
  await secure(web, [tcp(80, 80)])
  expect(await ruleset()).toBe(before)
  expect(await reaches(client, '10.5.0.2', 80)).toBe(false)
  await secure(client, [], [tcp(80, 80)])
  expect(await reaches(client, '10.5.0.2', 80)).toBe(true)
  await secure(client, [])
})

test('flows of one network let nothing through on another with the same addresses', async () => {
  await secure(web, [tcp(80, 80)])
  await secure(twin, [])
  const fixed = `nc -s 10.5.0.3 -p 4000 -w ${patienceSeconds(1)} 10.5.0.2 80`
  // It says nothing and stays.
  started.push((await as(client, `{ sleep 300 | ${fixed}; } >/dev/null 2>&1 </dev/null & echo $!`)).trim())
  await until('the first flow is there', async () => (await as(web, 'ss -Htn state established')).includes(':4000'))
  expect(await works(other, `nc -z -s 10.5.0.3 -p 4000 -w ${patienceSeconds(1)} 10.5.0.2 80`)).toBe(false)
  await secure(twin, [tcp(80, 80)])
  expect(await works(other, `nc -z -s 10.5.0.3 -p 4000 -w ${patienceSeconds(1)} 10.5.0.2 80`)).toBe(true)
})

test('a guest out of its groups, and a machine that is gone, leave nothing', async () => {
  await driver.ensureMachine(guest(web))
  expect(await reaches(client, '10.5.0.2', 443)).toBe(true)
  for (const number of [web, client, twin, other]) await driver.destroyMachine(`t8x${number}`)
  expect(await ruleset()).not.toMatch(/t8x|\.(in|out) \{|: (goto|jump)/)
})
