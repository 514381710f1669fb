import type { CommitResult } from '@sysvm/agent/api'
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

/** What a router without least disturbance does for any change: check the files again, restart every daemon. */
const restartAll = async (router: TestRouter): Promise<number> => {
  const start = performance.now()
  await inside(router, 'systemctl', 'restart', 'sysvm-kea-dhcp4', 'sysvm-dnsmasq', 'sysvm-metadata')
  return performance.now() - start
}

/** One reservation more, on a router that has `count` of them. */
const withReservations = (router: TestRouter, generation: number, count: number): object =>
  router.spec(generation, { dhcp: manyReservations(count) } as Partial<RouterSpec['services']>)

export const bench: Bench = {
  name: 'commit',
  title: 'One reservation more: from PUT to confirmed over a new SSH connection, beside restarting every daemon',
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
      const restarts: number[] = []
      for (let run = 0; run < 3; run += 1) restarts.push(await restartAll(router))
      const median = percentile(samples, 0.5)
      const restart = percentile(restarts, 0.5)
      print({
        reservations: size,
        'all at once ms': round(whole.total, 0),
        'one more, median ms': round(median, 0),
        'one more, worst ms': round(Math.max(...samples), 0),
        'restart all ms': round(restart, 0),
      })
      detail[`${size}`] = {
        whole: round(whole.total),
        median: round(median),
        worst: round(Math.max(...samples)),
        restart: round(restart),
        timings,
      }
      if (median > ours) {
        ours = median
        other = restart
      }
    }
    return { unit: 'ms', ours: round(ours), other: round(other), ratio: round(other / ours, 2), detail }
  },
}
