import { type HostDriver, type MachineSpec, openHost } from '@sysvm/manager/hosts'
import { portName } from '@sysvm/manager/hosts/paths'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

const guest = (number: number, addresses?: readonly string[]): MachineSpec => ({
  name: `t9x${number}`,
  uuid: `6f0d1a52-6bb5-4d61-9d0c-4f9b29d9f10${number}`,
  kind: 'guest',
  image: imageHash(image),
  cpus: 1,
  memoryMiB: 64,
  nics: [{ mac: macOf(number), bridge: 'brg', device: 'eth0', ...(addresses === undefined ? {} : { addresses }) }],
})
const [gateway, victim, attacker] = [1, 2, 3]
const sh = async (script: string) => (await host.connection.run(['sh', '-c', script])).stdout
/** As root of a machine, who may do anything there. */
const as = async (number: number, script: string) =>
  (await host.connection.run(['ip', 'netns', 'exec', `sv-t9x${number}`, 'sh', '-c', script])).stdout
const works = (number: number, script: string) =>
  as(number, script).then(
    () => true,
    () => false,
  )
const ping = (number: number, words: string) => works(number, `ping -c 1 -W ${patienceSeconds(1)} ${words} >&2`)
/** Frames of the attacker that were dropped by the rule with these words. */
const dropped = async (words: string): Promise<number> => {
  const line = (await sh(`nft list chain bridge sysvm ${portName('t9x3', { device: 'eth0' })} || :`))
    .split('\n')
    .find((text) => text.includes(words))
  return Number(/packets (\d+)/.exec(line ?? '')?.[1])
}

beforeAll(async () => {
  lab = await createLab('guard')
  const core = await lab.namespace('core')
  await core.bridge('br0', { address: '10.9.0.1/24', mtu: 1600 })
  host = await lab.host('h1', { core: { at: core, bridge: 'br0' }, address: '10.9.0.11/24' })
  driver = openHost(host.url, { driver: 'container' })
  image = await makeTinyImage(lab.directory, 'guest')
  await driver.ensureImage(image)
  await driver.ensureNetwork({ id: 'g', bridge: 'brg', isolation: { kind: 'bridge' }, mtu: 1500 })
  await driver.ensureMachine(guest(gateway))
  await driver.ensureMachine(guest(victim, ['10.5.0.2', '2001:db8::2']))
  await driver.ensureMachine(guest(attacker))
  for (const number of [gateway, victim, attacker]) {
    await until('it is up', async () => (await driver.readConsole(`t9x${number}`)).includes('tiny: ready'))
    await as(
      number,
      `ip -4 address flush dev eth0; ip address add 10.5.0.${number}/24 dev eth0
       ip address add 2001:db8::${number}/64 dev eth0 nodad`,
    )
  }
})
afterAll(async () => {
  await driver?.close()
  await lab?.[Symbol.asyncDispose]()
})

/** What an attacker tries; each answers whether it worked, and undoes it. */
const attacks = {
  'another address': async () => {
    await as(attacker, 'ip address add 10.5.0.99/32 dev eth0')
    const worked = await ping(attacker, '-I 10.5.0.99 10.5.0.2')
    await as(attacker, 'ip address del 10.5.0.99/32 dev eth0')
    return worked
  },
  'another IPv6 address': async () => {
    await as(attacker, 'ip address add 2001:db8::99/128 dev eth0 nodad')
    const worked = await ping(attacker, '-I 2001:db8::99 2001:db8::2')
    await as(attacker, 'ip address del 2001:db8::99/128 dev eth0')
    return worked
  },
  "the victim's own IPv6 address": () => from('2001:db8::c00:ff:fe00:200'),
  'an IPv6 address of another network': () => from('2001:db8:0:9:a1b2:c3d4:e5f6:1'),
  "the victim's MAC address": async () => {
    const enter = `ip netns exec sv-t9x${attacker}`
    const port = portName('t9x3', { device: 'eth0' })
    // Looked for all the time that arping takes: the victim may say something in between, and have it back.
    const moved = await sh(`${enter} ip link set dev eth0 address ${macOf(victim)}
      ${enter} arping -q -U -c 2 -I eth0 10.5.0.3 >&2 &
      for try in $(seq 60); do
        bridge fdb show br brg | grep "^${macOf(victim)} dev ${port} master brg" && break
        sleep 0.03
      done
      wait
      ${enter} ip link set dev eth0 address ${macOf(attacker)}`)
    // It speaks, so that the bridge finds it again.
    await ping(victim, '10.5.0.1')
    return moved !== ''
  },
  'a poisoned ARP cache': async () => {
    await ping(victim, '10.5.0.1')
    await as(attacker, 'ip address add 10.5.0.1/32 dev eth0; arping -q -U -c 1 -I eth0 10.5.0.1')
    const cache = await as(victim, 'ip neighbour show 10.5.0.1')
    await as(attacker, 'ip address del 10.5.0.1/32 dev eth0')
    await as(victim, 'ip neighbour flush dev eth0')
    return cache.includes(macOf(attacker))
  },
  'a neighbor that is somebody else': async () => {
    await as(attacker, 'ip address add 2001:db8::77/128 dev eth0 nodad')
    const worked = await ping(victim, '2001:db8::77')
    await as(attacker, 'ip address del 2001:db8::77/128 dev eth0')
    return worked
  },
  'a DHCP server of its own': () => asServer('--dhcp-range=10.5.0.50,10.5.0.60 --dhcp-authoritative', askForLease),
  'a router of its own': async () => {
    await as(attacker, 'ip address add 2001:db8:66::1/64 dev eth0 nodad')
    await as(victim, 'echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_ra')
    const worked = await asServer('--enable-ra --dhcp-range=2001:db8:66::,ra-only', async () => {
      const taken = async () => (await as(victim, 'ip -6 address show dev eth0')).includes('2001:db8:66:')
      await until('it is heard or dropped', async () => (await taken()) || (await dropped('nd-router-advert')) > 0)
      return taken()
    })
    await as(attacker, 'ip address del 2001:db8:66::1/64 dev eth0')
    await as(victim, 'echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_ra; ip -6 address flush dev eth0 dynamic')
    return worked
  },
}

/** Whether the attacker is answered, with this address of its own. */
async function from(address: string): Promise<boolean> {
  await as(attacker, `ip address add ${address}/128 dev eth0 nodad`)
  await as(victim, `ip route replace ${address}/128 dev eth0`)
  const worked = await ping(attacker, `-I ${address} 2001:db8::2`)
  await as(victim, `ip route del ${address}/128 dev eth0`)
  await as(attacker, `ip address del ${address}/128 dev eth0`)
  return worked
}

const askForLease = () => works(victim, `busybox udhcpc -i eth0 -n -q -t 2 -T ${patienceSeconds(1)} -s /bin/true >&2`)

/** Runs dnsmasq in a machine as long as `use` takes. */
async function asServer(words: string, use: () => Promise<boolean>, number = attacker): Promise<boolean> {
  const pid = `/run/rogue${number}`
  const server = `dnsmasq --port=0 --conf-file=/dev/null --user=root --interface=eth0 --leasefile-ro --no-ping --pid-file=${pid}`
  await as(number, `${server} ${words}`)
  try {
    return await use()
  } finally {
    await as(number, `kill $(cat ${pid})`)
  }
}

const names = Object.keys(attacks) as (keyof typeof attacks)[]

describe('without a guard', () => {
  test.each(names)('%s works', async (name) => {
    expect(await attacks[name]()).toBe(true)
  })
})

describe('with a guard', () => {
  beforeAll(async () => {
    await driver.ensureMachine(guest(attacker, ['10.5.0.3', '2001:db8::3']))
  })

  test.each(names)('%s does not', async (name) => {
    expect(await attacks[name]()).toBe(false)
  })

  test('what a guest does all day works', async () => {
    for (const peer of ['10.5.0.2', '10.5.0.1', '2001:db8::2', `fe80::c00:ff:fe00:${gateway}00%eth0`])
      expect.soft(await ping(attacker, peer), peer).toBe(true)
    expect(await asServer('--dhcp-range=10.5.0.50,10.5.0.60', askForLease, gateway)).toBe(true)
    await as(victim, 'ip -6 neighbour flush dev eth0')
    expect(await ping(victim, '2001:db8::3')).toBe(true)
  })

  test('an address that its system makes up works, of its network and of the link', async () => {
    expect(await from('2001:db8::a1b2:c3d4:e5f6:1')).toBe(true)
    // It makes sure that nobody has it yet, and its neighbors find it.
    await as(attacker, 'ip address add 2001:db8::f1b2:c3d4:e5f6:2/64 dev eth0')
    await until('it is sure', async () => !(await as(attacker, 'ip address show dev eth0')).includes('tentative'))
    expect(await ping(victim, '2001:db8::f1b2:c3d4:e5f6:2')).toBe(true)
    await as(attacker, 'ip address add fe80::a1b2:c3d4:e5f6:3/64 dev eth0 nodad')
    expect(await ping(victim, 'fe80::a1b2:c3d4:e5f6:3%eth0')).toBe(true)
    await as(attacker, 'ip address del 2001:db8::f1b2:c3d4:e5f6:2/64 dev eth0')
    await as(attacker, 'ip address del fe80::a1b2:c3d4:e5f6:3/64 dev eth0')
  })

  test('a secondary address is allowed as soon as it is given, and no longer when it is taken', async () => {
    const machine = guest(attacker, ['10.5.0.3', '10.5.0.99'])
    await driver.ensureMachine(machine)
    const rules = await sh('nft -s list ruleset')
    expect(await attacks['another address']()).toBe(true)
    await driver.ensureMachine(machine)
    expect(await sh('nft -s list ruleset')).toBe(rules)
    await driver.ensureMachine(guest(attacker, ['10.5.0.3']))
    expect(await attacks['another address']()).toBe(false)
  })

  test('comes back after somebody emptied the ruleset of the host', async () => {
    await sh('nft flush ruleset')
    expect(await attacks['another address']()).toBe(true)
    await driver.ensureMachine(guest(attacker, ['10.5.0.3']))
    expect(await attacks['another address']()).toBe(false)
  })

  test('goes with its machine', async () => {
    await driver.ensureMachine(guest(victim, ['10.5.0.2']))
    await driver.stopMachine('t9x3', { forced: true })
    expect((await sh('nft list map bridge sysvm guards')).match(/goto/g)).toHaveLength(1)
    expect((await sh('nft list chain bridge sysvm prerouting')).match(/vmap/g)).toHaveLength(1)
    await driver.destroyMachine('t9x2')
    expect(await sh('nft list table bridge sysvm')).not.toMatch(/goto|drop/)
  })
})
