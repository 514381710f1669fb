import type { RouterServices } from '@sysvm/router/spec'
import { createLab, type Namespace, until } from '../lab/index.ts'
import { useAddress } from '../lab/router/guest.ts'
import { baseSpec, openTopology } from '../lab/router/topology.ts'
import { type Bench, percentile, round } from './bench.ts'

const ROUNDS = 3
const SECONDS = 2

const OUTSIDE = '198.51.100.1'

/** Everything that sees each packet of a guest: source checks, firewall, NAT, counters. */
const spec = {
  ...baseSpec,
  accounting: { addresses: ['198.51.100.5'], guests: ['10.1.1.10', '10.1.1.11'] },
} satisfies RouterServices

interface Report {
  readonly end: {
    readonly sum_received?: { readonly bits_per_second: number }
    readonly sum?: { readonly packets: number; readonly lost_packets: number; readonly seconds: number }
  }
}

const iperf = async (guest: Namespace, ...words: readonly string[]): Promise<Report> => {
  const { stdout } = await guest.exec(['iperf3', '--client', OUTSIDE, '--time', String(SECONDS), '--json', ...words])
  return JSON.parse(stdout) as Report
}

/** Gbit/s of one TCP flow that arrive. */
const stream = async (guest: Namespace, ...words: readonly string[]): Promise<number> =>
  ((await iperf(guest, ...words)).end.sum_received?.bits_per_second ?? Number.NaN) / 1e9

/** Thousands of small UDP packets per second that arrive: the cost of a packet, whatever is in it. */
const packets = async (guest: Namespace): Promise<number> => {
  const { end } = await iperf(guest, '--udp', '--bitrate', '0', '--length', '64')
  const { packets: sent = 0, lost_packets: lost = 0, seconds = 1 } = end.sum ?? {}
  return (sent - lost) / seconds / 1000
}

const measures = {
  'TCP up, Gbit/s': (guest: Namespace) => stream(guest),
  'TCP down, Gbit/s': (guest: Namespace) => stream(guest, '--reverse'),
  'UDP of 64 bytes, 1000/s': packets,
} as const

/** A router that forwards and does nothing else, between the same two sides. */
const plainPath = async (): Promise<{ readonly guest: Namespace; readonly lab: AsyncDisposable }> => {
  const lab = await createLab('plain')
  const [guest, router, outside, wire] = [
    await lab.namespace('one'),
    await lab.namespace('router'),
    await lab.namespace('outside'),
    await lab.namespace('wire'),
  ]
  await wire.bridge('br-guest')
  await lab.link({ at: guest, device: 'eth0' }, { at: wire, device: 'to-one', bridge: 'br-guest' })
  await lab.link(
    { at: router, device: 'eth1', address: '10.1.1.1/24' },
    { at: wire, device: 'router', bridge: 'br-guest' },
  )
  await lab.link(
    { at: router, device: 'eth2', address: '198.51.100.5/24' },
    { at: outside, device: 'public', address: `${OUTSIDE}/24` },
  )
  await router.sysctl('net.ipv4.ip_forward', 1)
  await outside.route('10.1.1.0/24', '198.51.100.5')
  await useAddress(guest, '10.1.1.10/24')
  await serve(outside)
  return { guest, lab }
}

const serve = async (outside: Namespace): Promise<void> => {
  await outside.spawn(['iperf3', '--server', '--bind', OUTSIDE])
  await until('iperf3 listens', async () => (await outside.exec(['ss', '-Hlnt', 'sport = :5201'])).stdout !== '')
}

const routerPath = async (): Promise<{ readonly guest: Namespace; readonly lab: AsyncDisposable }> => {
  const topology = await openTopology('forward')
  await topology.router.commit(spec)
  const guest = await topology.guest('one', '02:00:00:00:00:01')
  await useAddress(guest, '10.1.1.10/24')
  await serve(topology.outside)
  return { guest, lab: topology }
}

export const bench: Bench = {
  name: 'forward',
  title: `Through firewall, NAT and counters, beside plain kernel forwarding; median of ${ROUNDS}, alternating`,
  run: async (print) => {
    const [ours, plain] = [await routerPath(), await plainPath()]
    try {
      const found: { what: string; ours: number; plain: number; ratio: number }[] = []
      for (const [what, measure] of Object.entries(measures)) {
        const samples: { ours: number[]; plain: number[] } = { ours: [], plain: [] }
        for (let index = 0; index < ROUNDS; index++) {
          samples.plain.push(await measure(plain.guest))
          samples.ours.push(await measure(ours.guest))
        }
        const [mine, theirs] = [percentile(samples.ours, 0.5), percentile(samples.plain, 0.5)]
        const row = { what, ours: round(mine, 2), plain: round(theirs, 2), ratio: round(mine / theirs, 2) }
        found.push(row)
        print(row)
      }
      const worst = found.reduce((a, b) => (a.ratio <= b.ratio ? a : b))
      return { unit: worst.what, ours: worst.ours, other: worst.plain, ratio: worst.ratio, detail: { found } }
    } finally {
      await ours.lab[Symbol.asyncDispose]()
      await plain.lab[Symbol.asyncDispose]()
    }
  },
}
