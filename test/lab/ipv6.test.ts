import { readFile, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FilterRuleInput } from '@sysvm/router/firewall/rule'
import type { Lease6State } from '@sysvm/router/ipv6/health'
import type { RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Namespace, until } from './index.ts'
import { patienceSeconds } from './patience.ts'
import { lookUp6 } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

const PREFIX = '2001:db8:1::'
const GATEWAY = `${PREFIX}1`

const dualStack = {
  ...baseSpec,
  dns: {
    views: [
      {
        ...baseSpec.dns.views[0],
        listen: ['10.1.1.1', GATEWAY],
        networks: [`${PREFIX}/64`],
        records: [
          ...baseSpec.dns.views[0].records,
          { name: 'vm-1.cs1.internal', address: `${PREFIX}ff:fe00:1` },
          { name: 'vm-2.cs1.internal', address: `${PREFIX}22` },
        ],
      },
    ],
  },
  ipv6: {
    interfaces: [
      {
        device: 'eth1',
        addresses: [`${GATEWAY}/64`],
        advertisement: { addressing: 'slaac', nameservers: [GATEWAY], search: ['cs1.internal'], mtu: 1450 },
      },
      { device: 'eth2', addresses: ['2001:db8:ff::5/64'] },
    ],
    gateway: '2001:db8:ff::1',
  },
} as const satisfies RouterServices

const stateful = {
  ...dualStack,
  ipv6: {
    ...dualStack.ipv6,
    interfaces: [
      {
        ...dualStack.ipv6.interfaces[0],
        advertisement: {
          ...dualStack.ipv6.interfaces[0].advertisement,
          addressing: 'dhcp',
          reservations: [
            { mac: '02:00:00:00:00:02', address: `${PREFIX}22`, hostname: 'vm-2' },
            { mac: '02:00:00:00:00:03', duid: '00:04:aa:bb:cc', address: `${PREFIX}33` },
          ],
        },
      },
      dualStack.ipv6.interfaces[1],
    ],
  },
} as const satisfies RouterServices

let topology: Topology
beforeAll(async () => {
  topology = await openTopology('ipv6')
  await topology.outside.ip(['address', 'add', '2001:db8:ff::1/64', 'dev', 'public', 'nodad'])
  await topology.outside.ip(['route', 'add', `${PREFIX}/64`, 'via', '2001:db8:ff::5'])
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

const show = async (at: Namespace, ...words: readonly string[]): Promise<string> =>
  (await at.exec(['ip', '-6', ...words])).stdout

const pings6 = (from: Namespace, address: string): Promise<boolean> =>
  from.exec(['ping', '-6', '-c', '1', '-W', patienceSeconds(1), address]).then(
    () => true,
    () => false,
  )

/** A guest whose kernel listens to router advertisements, as every Linux does. */
const guest6 = async (name: string, mac: string): Promise<Namespace> => {
  const guest = await topology.guest(name, mac)
  await guest.sysctl('net.ipv6.conf.eth0.accept_ra', 2)
  return guest
}

const globalAddress = async (guest: Namespace): Promise<string | undefined> =>
  /inet6 (2001:\S+)\/\d+ scope global/.exec(await show(guest, 'address', 'show', 'dev', 'eth0'))?.[1]

test('a guest makes its address, finds its way out and the way back', async () => {
  await topology.router.commit(dualStack)
  const guest = await guest6('one', '02:00:00:00:00:01')
  await until('it has an address', async () => (await globalAddress(guest)) === `${PREFIX}ff:fe00:1`)
  const route = await show(guest, 'route', 'show', 'default')
  expect(route).toContain('via fe80::1 dev eth0')
  expect(await guest.exec(['cat', '/proc/sys/net/ipv6/conf/eth0/mtu']).then(({ stdout }) => stdout.trim())).toBe('1450')
  expect(await pings6(guest, GATEWAY)).toBe(true)
  expect(await topology.router.drift()).toEqual([])
})

test('names have IPv6 addresses and the addresses names', async () => {
  const guest = await guest6('names', '02:00:00:00:00:07')
  await until('it has an address', async () => (await globalAddress(guest)) !== undefined)
  expect(await lookUp6(guest, 'vm-1.cs1.internal', GATEWAY)).toEqual([`${PREFIX}ff:fe00:1`])
  expect(await lookUp6(guest, `${PREFIX}ff:fe00:1`, GATEWAY)).toEqual(['vm-1.cs1.internal'])
  // Nobody else is asked about an address of this network.
  expect(await lookUp6(guest, `${PREFIX}dead`, GATEWAY)).toBe('ENOTFOUND')
})

test('nobody speaks from an address of another network', async () => {
  const guest = await guest6('liar', '02:00:00:00:00:08')
  await until('it has an address', async () => (await globalAddress(guest)) !== undefined)
  const ask = (from: string) =>
    guest.exec(['ping', '-6', '-c', '1', '-W', patienceSeconds(1), '-I', from, GATEWAY]).then(
      () => true,
      () => false,
    )
  const own = (await globalAddress(guest)) ?? ''
  await guest.ip(['address', 'add', '2001:db8:bad::1/128', 'dev', 'eth0', 'nodad'])
  expect(await ask(own)).toBe(true)
  expect(await ask('2001:db8:bad::1')).toBe(false)
  await until('its own address serves as before', () => ask(own))
})

test('connections that the rules no longer allow end, and no others: TCP, UDP and ICMPv6', async () => {
  const { router, outside } = topology
  const guest = await guest6('served', '02:00:00:00:00:09')
  const own = `${PREFIX}ff:fe00:9`
  const withRules = (...rules: readonly FilterRuleInput[]) =>
    router.commit({
      ...dualStack,
      firewall: { networks: [{ device: 'eth1', ingress: { otherwise: 'deny', rules: [...rules] } }] },
    })
  const tcp = (port: number): FilterRuleInput => ({ protocol: 'tcp', ports: [port, port] })
  const [udp, echo] = [{ protocol: 'udp' }, { protocol: 'icmpv6', icmp: { type: 128 } }] as const
  await withRules(tcp(7001), tcp(7002), udp, echo)
  await until('it has its address', async () => (await globalAddress(guest)) === own)
  const open = async (port: number) => {
    const listener = await guest.listen('::', port)
    const accepted = new Promise<Socket>((resolve) => listener.once('connection', resolve))
    const client = await outside.connect(own, port)
    const heard: string[] = []
    client.on('error', () => undefined).on('data', (data) => heard.push(String(data)))
    // What nobody has taken yet ends with its listener.
    const server = await accepted
    listener.close()
    server.on('error', () => undefined)
    return { heard, say: () => server.write('x'), end: () => [client, server].map((socket) => socket.destroy()) }
  }
  await until('the guest is found', () => pings6(outside, own))
  const [gone, kept] = [await open(7001), await open(7002)]
  const ping = await outside.spawn(['ping', '-6', '-i', '0.2', own])
  const answers = (): number =>
    ping
      .output()
      .split('\n')
      .filter((line) => line.includes('seq=')).length
  const sender = await outside.datagram('2001:db8:ff::1', 0)
  const tracked = async (): Promise<readonly string[]> => {
    const { stdout } = await router.effects.run(['conntrack', '--dump', '--family', 'ipv6', '--orig-dst', own])
    return stdout.split('\n').flatMap((line) => /^(tcp|udp|icmpv6) .* d(?:port=700\d)|^(icmpv6) /.exec(line)?.[0] ?? [])
  }
  const protocols = async () => (await tracked()).map((line) => line.split(' ')[0]).sort()
  try {
    sender.send('hello', 7003, own)
    await until('all are tracked and answered', async () => {
      for (const { say } of [gone, kept]) say()
      return answers() > 1 && gone.heard.length > 0 && kept.heard.length > 0 && (await protocols()).includes('udp')
    })
    expect(new Set(await protocols())).toEqual(new Set(['icmpv6', 'tcp', 'udp']))
    await withRules(tcp(7002))
    expect(await protocols()).toEqual(['tcp'])
    // What was on its way arrives.
    await sleep(300)
    const before = [gone.heard.length, answers()]
    const heardBefore = kept.heard.length
    for (const { say } of [gone, kept]) say()
    await until('the other goes on', async () => kept.heard.length > heardBefore)
    await sleep(800)
    expect([gone.heard.length, answers()]).toEqual(before)
  } finally {
    await ping.stop()
    sender.close()
    for (const { end } of [gone, kept]) end()
  }
  await router.commit(dualStack)
})

/** dhclient gives its script an environment of its own. */
const script = (file: string): string =>
  `#!/bin/sh\n[ -z "$new_ip6_address" ] || echo "$new_ip6_address $new_dhcp6_name_servers" > '${file}'\n`

/** Asks as a guest does (RFC 8415), with an identifier made of its MAC address; the address and the name servers. */
const askForAddress = async (guest: Namespace, seconds = 10): Promise<string | undefined> => {
  const file = (ending: string): string => join(topology.lab.directory, `${guest.name}.${ending}`)
  await writeFile(file('sh'), script(file('lease')), { mode: 0o755 })
  await writeFile(file('lease'), '')
  const files = ['-lf', file('leases'), '-pf', file('pid'), '-sf', file('sh')]
  const client = ['dhclient', '-6', '-1', '-d', '-D', 'LL', ...files, 'eth0']
  const asking = await guest.spawn(['timeout', String(seconds), ...client])
  const lease = async (): Promise<string> => (await readFile(file('lease'), 'utf8')).trim()
  const ended = new Promise<void>((resolve) => asking.child.once('exit', () => resolve()))
  while (asking.child.exitCode === null && (await lease()) === '')
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50))])
  await asking.stop()
  return (await lease()) || undefined
}

test('with DHCPv6 a guest gets what is reserved for it, known by its MAC address', async () => {
  const actions = await topology.router.commit(stateful)
  expect(actions).toMatchObject([
    { verb: 'reload', target: 'sysvm-radvd.service' },
    { verb: 'start', target: 'sysvm-kea-dhcp6.service' },
  ])
  const guest = await guest6('two', '02:00:00:00:00:02')
  await until('there is a router', async () => (await show(guest, 'route', 'show', 'default')).includes('fe80::1'))
  expect(await globalAddress(guest)).toBeUndefined()
  expect(await askForAddress(guest)).toBe(`${PREFIX}22 ${GATEWAY}`)
  expect(await topology.router.state('ipv6')).toMatchObject([
    { address: `${PREFIX}22`, mac: '02:00:00:00:00:02' },
  ] satisfies Partial<Lease6State>[])
})

test('a machine that the manager does not know gets no address', async () => {
  const stranger = await guest6('stranger', '02:00:00:00:00:99')
  expect(await askForAddress(stranger, 3)).toBeUndefined()
})

test('the address of a guest that is gone serves another one at once', async () => {
  const [inside, outer] = stateful.ipv6.interfaces
  const reservations = [{ mac: '02:00:00:00:00:05', address: `${PREFIX}22` }]
  const advertisement = { ...inside.advertisement, reservations }
  const ipv6 = { ...stateful.ipv6, interfaces: [{ ...inside, advertisement }, outer] }
  expect(await topology.router.commit({ ...stateful, ipv6 })).toMatchObject([
    { verb: 'update', target: 'sysvm-kea-dhcp6.service' },
  ])
  const heir = await guest6('heir', '02:00:00:00:00:05')
  expect(await askForAddress(heir)).toBe(`${PREFIX}22 ${GATEWAY}`)
})

test('without IPv6 in the spec there is none', async () => {
  const { router } = topology
  const actions = await router.commit(baseSpec)
  expect(actions.filter(({ verb }) => verb === 'stop').map(({ target }) => target)).toEqual([
    'IPv6 on eth1',
    'IPv6 on eth2',
    'sysvm-radvd.service',
    'sysvm-kea-dhcp6.service',
  ])
  expect(await show(router.netns, 'address', 'show', 'dev', 'eth1')).toBe('')
  expect(await router.effects.unitActive('sysvm-radvd.service')).toBe(false)
  expect(await router.drift()).toEqual([])
})
