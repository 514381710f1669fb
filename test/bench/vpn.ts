import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type RouterServices, type VpnInput, VpnSpec, type VpnState } from '@sysvm/router/spec'
import { createLab, type Namespace, until } from '../lab/index.ts'
import type { LabProcess } from '../lab/process.ts'
import { useAddress } from '../lab/router/guest.ts'
import { baseSpec, openTopology, type Topology } from '../lab/router/topology.ts'
import { startPeer } from '../lab/servers/strongswan.ts'
import { type Bench, percentile, round } from './bench.ts'

type Connection = NonNullable<VpnInput['connections']>[number]

const ROUNDS = 3
const SECONDS = 2
const COUNT = Number(process.env.SYSVM_BENCH_TUNNELS ?? 500)
const PATIENCE_MS = 600_000

const ROUTER = '198.51.100.5'
const KEY = 'Quite a l0ng secret'
const PROPOSAL = 'aes128-sha256-curve25519'
const UNIT = 'sysvm-charon@user.service'

/** The peer of a tunnel, and the network behind it. */
const gatewayOf = (number: number): string => `100.64.${number >> 8}.${number & 255}`
const behind = (number: number, host: string): string => `10.${128 + (number >> 8)}.${number & 255}.${host}`
const SERVER = behind(1, '1')

/** swanctl.conf(5) of one end of a tunnel. */
const byHand = (number: number, own: string, other: string, local: string, remote: string): string => `
connections { site${number} {
  version = 2
  local_addrs = ${own}
  remote_addrs = ${other}
  proposals = ${PROPOSAL}
  local { auth = psk
    id = ${own} }
  remote { auth = psk
    id = ${other} }
  children { net {
    local_ts = ${local}
    remote_ts = ${remote}
    esp_proposals = ${PROPOSAL}
  } }
} }
secrets { ike-${number} {
  id-1 = ${own}
  id-2 = ${other}
  secret = "${KEY}"
} }
`
const there = (number: number): string =>
  byHand(number, gatewayOf(number), ROUTER, behind(number, '0/24'), '10.1.1.0/24')

const site = (number: number): Connection => ({
  id: `site-${number}`,
  version: 'ikev2',
  local: { address: ROUTER, subnets: ['10.1.1.0/24'] },
  remote: { gateway: gatewayOf(number), subnets: [behind(number, '0/24')] },
  ike: { proposals: [PROPOSAL] },
  esp: { proposals: [PROPOSAL] },
  psk: KEY,
})
const specOf = (connections: Connection[]): RouterServices => ({
  interfaces: baseSpec.interfaces as unknown as RouterServices['interfaces'],
  firewall: baseSpec.firewall,
  nat: baseSpec.nat as unknown as RouterServices['nat'],
  vpn: { connections },
})
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

/** Of the peers, and one behind each: charon's own ESP wants an address in what it gives others a way to. */
const addressesOf = (count: number) =>
  numbers(count).flatMap((number) =>
    [gatewayOf(number), behind(number, '1')].map((address) => ['address', 'add', `${address}/32`, 'dev', 'lo']),
  )

/** Milliseconds of the clock at which the first of its pings was answered. */
const firstAnswer = (ping: LabProcess): Promise<number> =>
  until(
    'a packet comes through the tunnel',
    () => {
      const at = /^\[(\d+\.\d+)\].*ttl=/m.exec(ping.output())?.[1]
      return at === undefined ? undefined : Number(at) * 1000
    },
    { timeoutMs: PATIENCE_MS },
  )
const startPing = (guest: Namespace): Promise<LabProcess> => guest.spawn(['ping', '-D', '-i', '0.01', SERVER])

/** From `act` to the first packet, in milliseconds. */
const timeToPacket = async (guest: Namespace, act: () => Promise<unknown>): Promise<number> => {
  const ping = await startPing(guest)
  const begun = Date.now()
  await act()
  const took = (await firstAnswer(ping)) - begun
  await ping.stop('SIGINT')
  return took
}

const serve = async (outside: Namespace): Promise<void> => {
  // What comes in clear would be answered, too.
  await outside.nft(`table inet clear {
  chain input {
    type filter hook input priority 0;
    ip daddr ${SERVER} iifname != { "ipsec0", "lo" } drop
  }
}
`)
  await outside.spawn(['iperf3', '--server', '--bind', SERVER])
  await until('iperf3 listens', async () => (await outside.exec(['ss', '-Hlnt', 'sport = :5201'])).stdout !== '')
}

/** Mbit/s of one TCP flow that arrive. */
const stream = async (guest: Namespace, ...words: readonly string[]): Promise<number> => {
  const { stdout } = await guest.exec(['iperf3', '--client', SERVER, '--time', String(SECONDS), '--json', ...words])
  const { end } = JSON.parse(stdout) as { end: { sum_received?: { bits_per_second: number } } }
  return (end.sum_received?.bits_per_second ?? Number.NaN) / 1e6
}

interface Path extends AsyncDisposable {
  readonly guest: Namespace
  /** Milliseconds from being told of the tunnel to the first packet. */
  readonly firstMs: number
}

const oursPath = async (): Promise<Path> => {
  const topology = await openTopology('bench-vpn')
  const { lab, outside, router } = topology
  await outside.ip(...addressesOf(1))
  await serve(outside)
  await startPeer(lab, outside, there(1), ['10.1.1.0/24'])
  const guest = await topology.guest('one', '02:00:00:00:00:01')
  await router.commit(specOf([]))
  await useAddress(guest, '10.1.1.10/24')
  const firstMs = await timeToPacket(guest, () => router.commit(specOf([site(1)])))
  return { guest, firstMs, [Symbol.asyncDispose]: () => topology[Symbol.asyncDispose]() }
}

/** The same strongSwan at both ends, told by files, on a machine that forwards and has no firewall. */
const plainPath = async (): Promise<Path> => {
  const lab = await createLab('bench-byhand')
  const [guest, router, outside] = [
    await lab.namespace('one'),
    await lab.namespace('router'),
    await lab.namespace('outside'),
  ]
  await lab.link(
    { at: guest, device: 'eth0', address: '10.1.1.10/24' },
    { at: router, device: 'eth1', address: '10.1.1.1/24' },
  )
  await lab.link(
    { at: router, device: 'eth2', address: `${ROUTER}/24` },
    { at: outside, device: 'public', address: '198.51.100.1/24' },
  )
  await guest.route('default', '10.1.1.1')
  await router.route('default', '198.51.100.1')
  await router.sysctl('net.ipv4.ip_forward', 1)
  await outside.ip(...addressesOf(1))
  await serve(outside)
  await startPeer(lab, outside, there(1), ['10.1.1.0/24'])
  const own = await startPeer(lab, router, '', [behind(1, '0/24')])
  const firstMs = await timeToPacket(guest, async () => {
    await own.configure(byHand(1, ROUTER, gatewayOf(1), '10.1.1.0/24', behind(1, '0/24')))
    await own.swanctl('--initiate', '--child', 'net')
  })
  return { guest, firstMs, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() }
}

/** Proportional set size of a router's charon, in MiB (proc_pid_smaps(5)). */
const charonMemory = async ({ router }: Topology): Promise<number> => {
  const { stdout } = await promisify(execFile)('ip', ['netns', 'pids', router.netns.netns])
  for (const pid of stdout.trim().split('\n')) {
    if ((await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() !== 'charon-systemd') continue
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) / 1024
  }
  throw new Error('the router has no charon')
}

/** Many tunnels of one router. */
const many = async (count: number) => {
  await using topology = await openTopology('bench-vpn-many')
  const { lab, outside, router } = topology
  await outside.ip(...addressesOf(count))
  await startPeer(lab, outside, numbers(count).map(there).join(''), ['10.1.1.0/24'])
  const up = async (after: number): Promise<number> =>
    ((await router.state('vpn')) as VpnState).connections.filter(
      ({ state, since }) => state === 'Connected' && since >= after,
    ).length
  /** `after`: seconds since the Epoch before which none counts. */
  const all = (after = 0): Promise<unknown> =>
    until('all tunnels are up', async () => (await up(after)) === count, { timeoutMs: PATIENCE_MS })
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now()
    await work()
    return round((performance.now() - begun) / 1000, 1)
  }
  await router.commit(specOf([]))
  await router.commit(specOf([site(1)]))
  await until('the first tunnel is up', async () => (await up(0)) === 1, { timeoutMs: PATIENCE_MS })
  const oneMiB = round(await charonMemory(topology))
  const services = specOf(numbers(count).map(site))
  VpnSpec.parse(services.vpn)
  const begun = performance.now()
  const loadSeconds = await timed(() => router.commit(services))
  await all()
  const upSeconds = round((performance.now() - begun) / 1000, 1)
  const manyMiB = round(await charonMemory(topology))
  const againSeconds = await timed(async () => {
    const after = Math.floor(Date.now() / 1000)
    await router.effects.unit('restart', UNIT)
    await all(after)
  })
  const oneLessMs = round((await timed(() => router.commit(specOf(numbers(count - 1).map(site))))) * 1000)
  return { tunnels: count, oneMiB, manyMiB, loadSeconds, upSeconds, againSeconds, oneLessMs }
}

export const bench: Bench = {
  name: 'vpn',
  title: `A tunnel beside the same one set up by hand (charon's own ESP, median of ${ROUNDS}, alternating), and ${COUNT} of one router`,
  run: async (print) => {
    const found: { what: string; ours: number; byHand: number; ratio: number }[] = []
    const firsts: { ours: number; byHand: number } = { ours: 0, byHand: 0 }
    {
      await using ours = await oursPath()
      await using plain = await plainPath()
      firsts.ours = round(ours.firstMs)
      firsts.byHand = round(plain.firstMs)
      for (const [what, words] of [
        ['TCP to the other site, Mbit/s', []],
        ['TCP from the other site, Mbit/s', ['--reverse']],
      ] as const) {
        const samples: { ours: number[]; plain: number[] } = { ours: [], plain: [] }
        for (let index = 0; index < ROUNDS; index++) {
          samples.plain.push(await stream(plain.guest, ...words))
          samples.ours.push(await stream(ours.guest, ...words))
        }
        const [mine, theirs] = [percentile(samples.ours, 0.5), percentile(samples.plain, 0.5)]
        found.push({ what, ours: round(mine), byHand: round(theirs), ratio: round(mine / theirs, 2) })
      }
    }
    for (const row of found) print(row)
    print({ what: 'told to first packet, ms', ...firsts, ratio: round(firsts.byHand / firsts.ours, 2) })
    const crowd = await many(COUNT)
    for (const [what, ours] of Object.entries(crowd)) print({ what, ours })
    const worst = found.reduce((a, b) => (a.ratio <= b.ratio ? a : b))
    const detail = { found, firsts, crowd }
    return { unit: worst.what, ours: worst.ours, other: worst.byHand, ratio: worst.ratio, detail }
  },
}
