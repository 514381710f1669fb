import { FIT, type Fitness, type Look, nextFitness } from '@sysvm/router/redundancy/fitness'
import { expect, test } from 'vitest'

/** What happens in so many seconds, with a look each half: `yield at 6`. */
const play = (seconds: number, at: (second: number, yields: boolean) => Omit<Look, 'now'>, start: Fitness = FIT) => {
  let fitness = start
  const acts: string[] = []
  for (let second = 0; second <= seconds; second += 0.5) {
    const [next, act] = nextFitness(fitness, { now: second * 1000, ...at(second, fitness.yields) })
    fitness = next
    if (act !== undefined) acts.push(`${act} ${second}`)
  }
  return acts
}

test('a primary that serves, and a backup that could not, do nothing', () => {
  expect(play(60, () => ({ role: 'PRIMARY', failed: false }))).toEqual([])
  expect(play(60, () => ({ role: 'BACKUP', failed: true }))).toEqual([])
})

test('a service that systemd starts again is no reason', () => {
  expect(play(60, (second) => ({ role: 'PRIMARY', failed: second % 6 < 4 }))).toEqual([])
})

test('one that is dead is: the router lets go for a second, and the other one serves', () => {
  expect(play(60, (second) => ({ role: second <= 7 ? 'PRIMARY' : 'BACKUP', failed: second >= 1 }))).toEqual([
    'yield 7',
    'return 8',
  ])
})

test('who finds nobody to take over serves as well as it can, for an hour', () => {
  const acts = play(7300, (second, yields) => ({
    role: yields ? 'FAULT' : 'PRIMARY',
    failed: second >= 1,
  }))
  expect(acts).toEqual(['yield 7', 'return 8', 'yield 3607', 'return 3608', 'yield 7207', 'return 7208'])
})

test('between two that are both ill the role moves less and less, an hour apart at most', () => {
  let fitness = FIT
  let other = 0
  const times: number[] = []
  for (let second = 0; second < 30_000; second += 0.5) {
    // The other one has it for half a minute each time.
    const role = fitness.yields ? 'FAULT' : second < other ? 'BACKUP' : 'PRIMARY'
    const [next, act] = nextFitness(fitness, { now: second * 1000, role, failed: true })
    fitness = next
    if (act !== 'yield') continue
    times.push(second)
    other = second + 30
  }
  const pauses = times.slice(1).map((time, index) => Math.round((time - (times[index] ?? 0)) / 60))
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60])
})

test('what is long ago is forgotten by a router that has served since', () => {
  const before: Fitness = { pauseMs: 3_600_000, yields: false, yieldedAt: -100_000 }
  const acts = play(700, (second) => ({ role: 'PRIMARY', failed: second > 610 }), before)
  expect(acts).toEqual(['yield 616.5', 'return 617.5'])
})
