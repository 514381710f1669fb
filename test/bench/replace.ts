import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type Row, round } from './bench.ts'
import { BUSY, IDLE, type Measured, startProbes } from './failover/measure.ts'
import { type Ground, makeGround, SITE } from './replace/ground.ts'

/** Before and after, so that nothing is of what was before. */
const QUIET_MS = 3000

interface Case {
  readonly what: string
  readonly routers: 1 | 2
  readonly planned: boolean
  /** Resolves when it is over, as far as the API tells. */
  replace(ground: Ground): Promise<unknown>
}

const renewed = ({ call }: Ground) => call('restartNetwork', { cleanup: true })

/** The old way: all that the network has is stopped and destroyed, and then made anew. */
const destroyed = async ({ call, routers }: Ground): Promise<void> => {
  const ids = (await routers()).map(({ id }) => String(id))
  await Promise.all(ids.map((id) => call('destroyRouter', { id })))
  await call('restartNetwork', { cleanup: false })
}

const cases: readonly Case[] = [
  { what: 'one router, by way of a second one', routers: 1, planned: true, replace: renewed },
  { what: 'one router, destroyed and made anew', routers: 1, planned: false, replace: destroyed },
  { what: 'two routers, one after the other', routers: 2, planned: true, replace: renewed },
  { what: 'two routers, destroyed and made anew', routers: 2, planned: false, replace: destroyed },
]

type Result = Case & Measured

const lostOf = (results: readonly Result[]): number =>
  results.reduce((sum, { busyLost, idleLost }) => sum + busyLost + idleLost, 0)

const worst = (results: readonly Result[]): number => Math.max(...results.map(({ pingMs }) => pingMs))

const measure = async (ground: Ground, one: Case, print: (row: Row) => void): Promise<Result> => {
  await ground.whole(one.routers)
  // What the case before cut is held anew.
  await using probes = await startProbes(ground.guest, ground.cloud.outside, SITE, { balanced: ground.balanced })
  await probes.mark()
  await sleep(QUIET_MS)
  await probes.mark()
  const begun = performance.now()
  await one.replace(ground)
  await ground.whole(one.routers)
  const took = performance.now() - begun
  await sleep(QUIET_MS)
  const told = await probes.tell()
  print({
    replaced: one.what,
    'pings lost ms': round(told.pingMs, 0),
    'no new connection ms': round(told.connectMs, 0),
    'busy stalled ms': round(told.busyStallMs, 0),
    [`busy lost of ${BUSY}`]: told.busyLost,
    [`idle lost of ${IDLE}`]: told.idleLost,
    'download cut': told.downloadLost ? 'yes' : 'no',
    'took s': round(took / 1000),
  })
  return { ...one, ...told }
}

export const bench: Bench = {
  name: 'replace',
  title: 'Planned replacement of the routers of a network under traffic, beside destroying them and making them anew',
  run: async (print) => {
    await using ground = await makeGround()
    const results: Result[] = []
    for (const one of cases) {
      if (one.routers === 2 && (await ground.routers()).length === 1)
        await ground.call('restartNetwork', { makeredundant: true })
      results.push(await measure(ground, one, print))
    }
    const [planned, other] = [results.filter((one) => one.planned), results.filter((one) => !one.planned)]
    return {
      unit: 'ms',
      ours: round(worst(planned), 0),
      other: round(worst(other), 0),
      ratio: round(worst(other) / worst(planned), 1),
      detail: {
        flowsLost: lostOf(planned),
        flowsLostByOther: lostOf(other),
        pingsLostMs: Object.fromEntries(results.map((one) => [one.what, round(one.pingMs, 0)])),
        newConnectionsMs: Object.fromEntries(results.map((one) => [one.what, round(one.connectMs, 0)])),
      },
    }
  },
}
