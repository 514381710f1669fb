import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../lab/index.ts'
import { pings } from '../lab/router/guest.ts'
import { type Bench, type Row, round } from './bench.ts'
import type { Ground } from './failover/ground.ts'
import { BUSY, IDLE, type Measured, startProbes } from './failover/measure.ts'
import { oursOn } from './failover/ours.ts'
import { plainOn } from './failover/plain.ts'

/** What a ground has to be quiet for before and after, so that nothing is of the last fault. */
const QUIET_MS = 2000

interface Result extends Measured {
  readonly fault: string
  readonly survivable: boolean
}

/** The longest time that pings or new connections were not served. */
const outage = ({ pingMs, connectMs }: Measured): number => Math.max(pingMs, connectMs)

const measure = async (ground: Ground, whose: string, print: (row: Row) => void): Promise<readonly Result[]> => {
  const { guest, outside, address, balanced } = ground
  await until('the outside is reached', () => pings(guest, address))
  await using probes = await startProbes(guest, outside, address, { balanced })
  const results: Result[] = []
  await probes.mark()
  for (const { name, survivable, strike, mend } of ground.faults) {
    await ground.settled()
    await probes.mark()
    await ground.settled()
    await sleep(QUIET_MS)
    await strike()
    await until('the outside is reached', () => pings(guest, address))
    await sleep(QUIET_MS)
    const measured = await probes.tell()
    results.push({ ...measured, fault: name, survivable })
    print({
      fault: name,
      router: whose,
      'pings lost ms': round(measured.pingMs, 0),
      'no new connection ms': round(measured.connectMs, 0),
      'busy stalled ms': round(measured.busyStallMs, 0),
      [`busy lost of ${BUSY}`]: measured.busyLost,
      [`idle lost of ${IDLE}`]: measured.idleLost,
      'download cut': measured.downloadLost === undefined ? '' : measured.downloadLost ? 'yes' : 'no',
    })
    await mend()
  }
  await ground.settled()
  return results
}

const worst = (results: readonly Result[]): number =>
  Math.max(...results.filter(({ survivable }) => survivable).map(outage))

export const bench: Bench = {
  name: 'failover',
  title:
    'Time without service and connections lost by faults, of a pair of routers and of plain keepalived at 1 s adverts',
  run: async (print) => {
    const ground = await oursOn()
    await using _ours = ground.lab
    const ours = await measure(ground, 'sysvm', print)
    const plain = await plainOn()
    await using _plain = plain.lab
    const other = await measure(plain, 'plain keepalived', print)
    return {
      unit: 'ms',
      ours: round(worst(ours), 0),
      other: round(worst(other), 0),
      ratio: round(worst(other) / worst(ours), 1),
      detail: {
        flowsLost: ours.reduce((sum, { busyLost, idleLost }) => sum + busyLost + idleLost, 0),
        flowsLostByPlain: other.reduce((sum, { busyLost, idleLost }) => sum + busyLost + idleLost, 0),
        outageMs: Object.fromEntries(ours.map((one) => [one.fault, round(outage(one), 0)])),
        outageByPlainMs: Object.fromEntries(other.map((one) => [one.fault, round(outage(one), 0)])),
      },
    }
  },
}
