import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RouterServices } from '@sysvm/router/spec'
import { createLab, type Lab, type Namespace } from '../lab/index.ts'
import { askForLease } from '../lab/router/guest.ts'
import { openRouter, type Router } from '../lab/router/machine.ts'
import { type Bench, round } from './bench.ts'
import { callsToLeases } from './dhcp-call.ts'

const SIZES = [10, 5000] as const
const SECONDS = 8
/** More than either server answers: what it does at its limit. */
const RATE = 8000
/** perfdhcp's own first MAC address; the guests' follow it. */
const FIRST_MAC = 0x000c01020304n
const CONTROL = '02:00:a9:fe:01:02'
const GATEWAY = '10.1.0.1'
const RELAY = '10.1.255.250'

const mac = (index: number): string =>
  (FIRST_MAC + BigInt(index)).toString(16).padStart(12, '0').match(/../g)?.join(':') ?? ''
const address = (index: number): string => `10.1.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`

const reservations = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ mac: mac(index), address: address(index), hostname: `vm-${index}` }))

const spec = (count: number): RouterServices => ({
  interfaces: {
    interfaces: [
      { device: 'eth0', mac: CONTROL, role: 'control', addresses: ['169.254.1.2/16'] },
      { device: 'eth1', mac: '02:00:0a:01:00:01', role: 'guest', addresses: [`${GATEWAY}/16`] },
    ],
  },
  firewall: { egress: 'allow' },
  dhcp: {
    leaseSeconds: 3600,
    subnets: [
      {
        ...{ device: 'eth1', network: '10.1.0.0/16', gateway: GATEWAY, nameservers: [GATEWAY], domain: 'cs1.internal' },
        reservations: reservations(count),
      },
    ],
  },
})

/** Exchanges a second that end with an acknowledged lease, all four messages of each. */
const exchanges = async (client: Namespace, clients: number): Promise<number> => {
  const argv = ['perfdhcp', '-4', '-l', 'eth0', '-b', `mac=${mac(0)}`, '-R', String(clients), '-r', String(RATE)]
  // It exits with 3 when packets were lost, which at its limit some are.
  const { stdout } = await client.exec([
    'sh',
    '-c',
    '"$@" || test $? = 3',
    'sh',
    ...argv,
    '-p',
    String(SECONDS),
    GATEWAY,
  ])
  const rate = /^Rate: ([\d.]+) 4-way exchanges\/second/m.exec(stdout)?.[1]
  if (rate === undefined) throw new Error(`perfdhcp did not tell a rate: ${stdout}`)
  return Number(rate)
}

const topology = async (lab: Lab): Promise<{ router: Router; client: Namespace; guest: Namespace }> => {
  const [netns, client, guest, wire] = [
    await lab.namespace('router'),
    await lab.namespace('client'),
    await lab.namespace('guest'),
    await lab.namespace('wire'),
  ]
  await wire.bridge('br0')
  await lab.link({ at: netns, device: 'eth0', mac: CONTROL }, { at: wire, device: 'control' })
  const nics = [
    { at: netns, device: 'eth1', mac: '02:00:0a:01:00:01' },
    { at: client, device: 'eth0', mac: '02:00:00:00:00:01', address: `${RELAY}/16` },
    { at: guest, device: 'eth0', mac: '02:00:00:00:00:77' },
  ]
  for (const [index, end] of nics.entries()) await lab.link(end, { at: wire, device: `p${index}`, bridge: 'br0' })
  return { router: await openRouter(netns), client, guest }
}

/** The same reservations in dnsmasq, which would serve DHCP beside DNS. */
const dnsmasq = async (
  lab: Lab,
  netns: Namespace,
  count: number,
  more: readonly string[] = [],
): Promise<() => Promise<unknown>> => {
  const hosts = join(lab.directory, 'hosts')
  const lines = reservations(count).map((one) => `${one.mac},${one.address},${one.hostname},3600`)
  await writeFile(hosts, `${[...lines, ...more].join('\n')}\n`)
  const options = ['--port=0', '--interface=eth1', '--bind-interfaces', '--dhcp-range=10.1.0.0,static,255.255.0.0,3600']
  const files = [
    `--dhcp-hostsfile=${hosts}`,
    `--dhcp-leasefile=${join(lab.directory, 'leases')}`,
    '--dhcp-authoritative',
  ]
  const daemon = await netns.spawn([
    'dnsmasq',
    '--no-daemon',
    '--conf-file=/dev/null',
    ...options,
    ...files,
    '--dhcp-lease-max=100000',
  ])
  return () => daemon.stop()
}

/** Milliseconds from a commit that adds a guest until that guest has its lease. */
const newGuest = async (lab: Lab, router: Router, guest: Namespace, count: number): Promise<number> => {
  const base = spec(count)
  const [subnet] = base.dhcp?.subnets ?? []
  if (subnet === undefined) throw new Error('no subnet')
  const added = { mac: '02:00:00:00:00:77', address: '10.1.200.200', hostname: 'new' }
  const more = {
    ...base,
    dhcp: { leaseSeconds: 3600, subnets: [{ ...subnet, reservations: [...subnet.reservations, added] }] },
  }
  const start = performance.now()
  await router.commit(more)
  const lease = await askForLease(lab, guest, 20)
  const took = performance.now() - start
  if (lease?.ip !== added.address) throw new Error(`the new guest has no lease: ${JSON.stringify(lease)}`)
  return took
}

export const bench: Bench = {
  name: 'dhcp',
  title:
    'DHCP exchanges a second under perfdhcp beside dnsmasq, and a new guest from commit, and from API call, to lease',
  run: async (print) => {
    await using lab = await createLab('bench-dhcp')
    const { router, client, guest } = await topology(lab)
    const calls = await callsToLeases(SIZES)
    const detail: Record<string, unknown> = {}
    let [ours, other] = [0, 0]
    for (const size of SIZES) {
      await router.commit(spec(size))
      // perfdhcp speaks as a relay, which a guest may not.
      await router.effects.run(['nft', 'delete', 'table', 'inet', 'sysvm_filter'])
      ours = await exchanges(client, size)
      await router.effects.unit('stop', 'sysvm-kea-dhcp4.service')
      const stop = await dnsmasq(lab, router.netns, size)
      other = await exchanges(client, size)
      await stop()
      await router.effects.unit('start', 'sysvm-kea-dhcp4.service')
      await router.effects.run(['nft', 'add', 'table', 'inet', 'sysvm_filter'])
      const toLease = await newGuest(lab, router, guest, size)
      print({
        guests: size,
        'kea exchanges/s': Math.round(ours),
        'dnsmasq exchanges/s': Math.round(other),
        'commit to lease ms': Math.round(toLease),
        'API call to lease ms': calls.get(size) ?? '',
      })
      detail[`guests${size}`] = {
        kea: round(ours),
        dnsmasq: round(other),
        commitToLeaseMs: Math.round(toLease),
        callToLeaseMs: calls.get(size),
      }
    }
    return { unit: 'exchanges/s', ours: round(ours), other: round(other), ratio: round(ours / other, 2), detail }
  },
}
