import { ownCloud, sysvm } from '../e2e/sysvm.ts'
import { type Bench, percentile, round } from './bench.ts'

const RUNS = 3
const cloud = ownCloud('sysvm-bench-up', 8197)

/** Seconds that `sysvm up` took, whole and by step. */
interface Times {
  readonly whole: number
  readonly steps: Readonly<Record<string, number>>
}

const timeUp = async (): Promise<Times> => {
  const start = performance.now()
  const { stderr } = await sysvm(cloud, 'up', '--yes', '--driver', 'container')
  const whole = (performance.now() - start) / 1000
  const steps = [...stderr.matchAll(/^✓ (.+?) {2}([\d.]+) s/gm)].map((match) => [match[1] ?? '', Number(match[2])])
  return { whole, steps: Object.fromEntries(steps) }
}

const worst = (times: readonly Times[]): Times =>
  times.toSorted((a, b) => b.whole - a.whole)[0] ?? { whole: 0, steps: {} }

/** Bringing a cloud to what is wanted: `up` on one that is there, beside making it from nothing with the images cached. */
export const bench: Bench = {
  name: 'up',
  title: 'sysvm up in container mode, images cached: again on a cloud that is up, beside from nothing',
  async run(print) {
    const cold: Times[] = []
    const warm: Times[] = []
    await sysvm(cloud, 'down')
    try {
      for (let run = 0; run < RUNS; run++) {
        cold.push(await timeUp())
        warm.push(await timeUp())
        await sysvm(cloud, 'down')
      }
    } finally {
      await sysvm(cloud, 'down')
    }
    const [slowCold, slowWarm] = [worst(cold), worst(warm)]
    for (const step of Object.keys(slowCold.steps)) {
      print({ step, 'from nothing, s': slowCold.steps[step] ?? 0, 'again, s': slowWarm.steps[step] ?? 0 })
    }
    print({ step: 'whole', 'from nothing, s': round(slowCold.whole), 'again, s': round(slowWarm.whole) })
    const median = (times: readonly Times[]): number =>
      round(
        percentile(
          times.map((time) => time.whole),
          0.5,
        ),
        2,
      )
    return {
      unit: 's',
      ours: round(slowWarm.whole, 2),
      other: round(slowCold.whole, 2),
      ratio: round(slowWarm.whole / slowCold.whole, 3),
      detail: {
        runs: RUNS,
        coldMedian: median(cold),
        warmMedian: median(warm),
        cold: slowCold.steps,
        warm: slowWarm.steps,
      },
    }
  },
}
