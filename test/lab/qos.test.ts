import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LabProcess, type Namespace, until } from './index.ts'
import { pings, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

const { interfaces, firewall, nat } = baseSpec
const base = { interfaces, firewall, nat }

let topology: Topology
let guest: Namespace
let server: LabProcess
beforeAll(async () => {
  topology = await openTopology('qos')
  await topology.router.commit(base)
  server = await topology.outside.spawn(['iperf3', '--server', '--bind', '198.51.100.1'])
  guest = await topology.guest('one', '02:00:00:00:00:01')
  await useAddress(guest, '10.1.1.10/24')
  await until('the outside answers', () => pings(guest, '198.51.100.1'))
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

interface Report {
  readonly end: { readonly sum_received: { readonly bits_per_second: number } }
}

/** Mbit/s that arrive, of one TCP flow; `down` is from the outside to the guest. */
const rate = async (direction: 'up' | 'down'): Promise<number> => {
  const words = ['--client', '198.51.100.1', '--time', '1', '--omit', '1', '--json']
  const { stdout } = await guest.exec(['iperf3', ...words, ...(direction === 'down' ? ['--reverse'] : [])])
  return (JSON.parse(stdout) as Report).end.sum_received.bits_per_second / 1e6
}

// Far below what this machine forwards, and far from each other: it is the limit that shows, not the machine's speed.
const [slow, slower] = [16, 4]

test('a network is limited in both directions, and again free afterwards', async () => {
  const { router } = topology
  const qos = { networks: [{ device: 'eth1', mbit: slow }], addresses: [] }
  expect(await router.commit({ ...base, qos })).toEqual([
    { verb: 'update', target: 'rate of eth1', why: 'it is limited to 16 Mbit/s, was not limited', dropsFlows: false },
  ])
  for (const direction of ['up', 'down'] as const) {
    const limited = await rate(direction)
    expect(limited).toBeLessThan(slow * 1.1)
    expect(limited).toBeGreaterThan(slow * 0.5)
  }
  expect(await router.drift()).toEqual([])
  await router.commit(base)
  expect(await rate('up')).toBeGreaterThan(slow * 3)
  const { stdout } = await router.effects.run(['ip', '-json', 'link', 'show', 'type', 'ifb'])
  expect(stdout.trim()).toMatch(/^(\[\])?$/)
})

test('a public address has a limit of its own, which changes under a flow that goes on', async () => {
  const { router } = topology
  const limit = (mbit: number) => ({ networks: [], addresses: [{ address: '198.51.100.5', mbit }] })
  await router.commit({ ...base, qos: limit(slow) })
  expect(await rate('down')).toBeLessThan(slow * 1.1)
  expect(await rate('up')).toBeLessThan(slow * 1.1)
  const words = ['--client', '198.51.100.1', '--time', '4', '--interval', '1', '--json'] as const
  const flow = guest.exec(['iperf3', ...words])
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await router.commit({ ...base, qos: limit(slower) })
  const { intervals } = JSON.parse((await flow).stdout) as {
    readonly intervals: readonly { readonly sum: { readonly bits_per_second: number } }[]
  }
  const rates = intervals.map(({ sum }) => sum.bits_per_second / 1e6)
  // What the sender's buffers took makes single seconds uneven: the first and the last second tell.
  expect(rates.length).toBe(4)
  expect(rates.at(-1)).toBeLessThan(slow * 0.5)
  expect(rates.at(-1)).toBeGreaterThan(0)
  expect(await router.drift()).toEqual([])
  await router.effects.run([
    'tc',
    'class',
    'change',
    'dev',
    'eth2',
    'parent',
    '1:',
    'classid',
    `1:${await minor()}`,
    'htb',
    'rate',
    '9mbit',
  ])
  expect(await router.drift()).toEqual(['198.51.100.5 on eth2 is limited to 9 Mbit/s, not to 4 Mbit/s'])
  // From any state: what is known of before is wrong.
  await router.commit(base)
  await router.commit({ ...base, qos: limit(slow) })
  expect(await router.drift()).toEqual([])
  await server.stop()
})

const minor = async (): Promise<string> => {
  const { stdout } = await topology.router.effects.run(['tc', 'class', 'show', 'dev', 'eth2'])
  return /^class htb 1:([0-9a-f]+)/m.exec(stdout)?.[1] ?? ''
}
