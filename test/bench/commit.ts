import { setTimeout as sleep } from 'node:timers/promises'
import type { CommitResult, Health } from '@sysvm/agent/api'
import type { RouterSpec } from '@sysvm/router/spec'
import { manyReservations, startRouter, type TestRouter } from '../fault/agent/container.ts'
import { inside } from '../fault/agent/inside.ts'
import { createLab } from '../lab/index.ts'
import { type Bench, percentile, round } from './bench.ts'

const RUNS = 10
const SIZES = [1, 1000, 10_000] as const

/** Milliseconds from the PUT to the confirm's answer, new SSH connection included. */
const commit = async (
  router: TestRouter,
  spec: object,
): Promise<{ total: number; timings: CommitResult['timings'] }> => {
  await using first = await router.connect()
  const start = performance.now()
  const { generation, timings } = await router.put(first, spec)
  await using second = await router.connect()
  await second.request('POST', '/v1/confirm', { body: { generation } })
  return { total: performance.now() - start, timings }
}

/** The same files and rules by the naive way: check them all, load the whole ruleset, restart every daemon. */
const NAIVE = `set -e
live=/run/sysvm/live
KEA_DHCP_DATA_DIR=/var/lib/sysvm/dhcp KEA_LOCKFILE_DIR=none kea-dhcp4 -t $live/dhcp/*.json > /dev/null 2>&1
dnsmasq --test --conf-file=$(ls $live/dns/*/*.conf) 2> /dev/null
{ echo flush ruleset; nft list ruleset; } > /run/naive.nft
nft -c -f /run/naive.nft && nft -f /run/naive.nft
systemctl restart sysvm-kea-dhcp4 'sysvm-dnsmasq@*' sysvm-metadata`

/** Milliseconds until the naive way is through and every service serves again. */
const naively = async (router: TestRouter): Promise<number> => {
  await using control = await router.connect()
  const start = performance.now()
  await inside(router, 'sh', '-c', NAIVE)
  while (!(await control.request<Health>('GET', '/v1/health')).healthy) await sleep(5)
  return performance.now() - start
}

/** One reservation more, on a router that has `count` of them. */
const withReservations = (router: TestRouter, generation: number, count: number): object =>
  router.spec(generation, { dhcp: manyReservations(count) } as Partial<RouterSpec['services']>)

export const bench: Bench = {
  name: 'commit',
  title:
    'One reservation more: from PUT to confirmed over a new SSH connection, beside checking and restarting everything',
  run: async (print) => {
    await using lab = await createLab('bench-commit')
    const router = await startRouter(lab)
    await router.ready()
    let generation = 0
    const detail: Record<string, unknown> = {}
    let ours = 0
    let other = Number.POSITIVE_INFINITY
    for (const size of SIZES) {
      generation += 1
      const whole = await commit(router, withReservations(router, generation, size))
      const samples: number[] = []
      let timings: CommitResult['timings'] = {}
      for (let run = 1; run <= RUNS; run += 1) {
        generation += 1
        const sample = await commit(router, withReservations(router, generation, size + run))
        samples.push(sample.total)
        timings = sample.timings
      }
      const others: number[] = []
      for (let run = 0; run < 3; run += 1) others.push(await naively(router))
      const median = percentile(samples, 0.5)
      const naive = percentile(others, 0.5)
      print({
        reservations: size,
        'all at once ms': round(whole.total, 0),
        'one more, median ms': round(median, 0),
        'one more, worst ms': round(Math.max(...samples), 0),
        'naively ms': round(naive, 0),
      })
      detail[`${size}`] = {
        whole: round(whole.total),
        median: round(median),
        worst: round(Math.max(...samples)),
        naively: round(naive),
        timings,
      }
      if (median > ours) {
        ours = median
        other = naive
      }
    }
    return { unit: 'ms', ours: round(ours), other: round(other), ratio: round(other / ours, 2), detail }
  },
}
