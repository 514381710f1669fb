import { setTimeout as sleep } from 'node:timers/promises'
import type { Drift, Health, Status } from '@sysvm/agent/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProbes } from '../bench/failover/measure.ts'
import { until } from '../lab/index.ts'
import { faultsOf, type PairFault, type Side, sidesOf } from '../lab/pair-faults.ts'
import { become, openPair, type Pair, rolesOf, stateOf } from '../lab/redundant.ts'
import { programOf } from './pair/program.ts'
import { OUTSIDE, routersOn } from './pair/routers.ts'
import { suffer } from './pair/run.ts'

/** `make faults` asks for more. */
const COUNT = Number(process.env.SYSVM_FAULTS ?? 9)
const SEED = Number(process.env.SYSVM_SEED ?? 1)
const EACH_MS = 30_000
const IDLE = 100
const BUSY = 10
/** A cut that is short is not always noticed on a busy machine. */
const MOST_FLAPS = 12

let pair: Pair
beforeAll(async () => {
  pair = await openPair('pair-faults', { advertMs: 100 })
})
afterAll(() => pair?.[Symbol.asyncDispose]())

/** How often each has taken the role since it runs. */
const takeOvers = (): Promise<readonly number[]> =>
  Promise.all(
    [pair.one, pair.two].map(async (router) =>
      Number(
        await router.inside("journalctl -o cat --no-pager -u sysvm-keepalived | grep -c 'Entering MASTER STATE' || :"),
      ),
    ),
  )

/** Goes wrong and is mended so often, and so long each; how often each has taken the role for that. */
const flap = async ({ strike, mend }: PairFault, side: Side, times: number, ms: number): Promise<readonly number[]> => {
  const before = await takeOvers()
  for (let n = 0; n < times; n++) {
    await strike(side)
    await sleep(ms)
    await mend(side)
    await sleep(ms)
  }
  return (await takeOvers()).map((count, index) => count - (before[index] ?? 0))
}

test('a link that goes and comes again and again moves the role once', async () => {
  const [first] = sidesOf(pair)
  await become(pair, 'PRIMARY', 'BACKUP')
  expect(await flap(faultsOf(pair).publicLink, first, 4, 500)).toEqual([0, 1])
  expect(await flap(faultsOf(pair).guestLink, first, 2, 500)).toEqual([0, 0])
  expect(await rolesOf(pair)).toEqual(['BACKUP', 'PRIMARY'])
})

test('the one that is cut off again and again ends as the backup', async () => {
  const [first, second] = sidesOf(pair)
  await using _pings = await pair.guest.spawn(['ping', '-q', '-i', '0.05', OUTSIDE])
  // The second one first: it takes over where nobody is, lets go each time, and does so less and less.
  await second.router.inside('systemctl restart sysvm-keepalived')
  await become(pair, 'PRIMARY', 'BACKUP')
  const host = faultsOf(pair).host
  const flapUntil = async (side: Side, done: () => Promise<boolean>): Promise<void> => {
    for (let left = MOST_FLAPS; left > 0 && !(await done()); left--) await flap(host, side, 1, 1200)
    expect(await done()).toBe(true)
  }
  const agentOf = ({ router }: Side): Promise<string> => router.inside('journalctl -o cat --no-pager -u sysvm-agent')
  await flapUntil(second, async () => (await agentOf(second)).includes('took over in vain'))
  await become(pair, 'PRIMARY', 'BACKUP')
  // It has precedence, and loses it.
  await flapUntil(first, async () => {
    const { state, demotedUntil } = await stateOf(pair.one)
    return demotedUntil !== undefined && state !== 'PRIMARY' && (await stateOf(pair.two)).state === 'PRIMARY'
  })
  const [, taken] = await flap(host, first, 1, 1200)
  expect(taken).toBe(0)
  expect((await stateOf(pair.two)).state).toBe('PRIMARY')
})

const say = (line: string): void => void process.stdout.write(`${line}\n`)

test(
  `${COUNT} faults of seed ${SEED} leave one primary, one backup and the same rules on both`,
  async () => {
    const { guest, outside } = pair
    const routers = routersOn(pair, IDLE + BUSY)
    await routers.served()
    await using probes = await startProbes(guest, outside, OUTSIDE, { idle: IDLE, busy: BUSY })
    const suffered = await suffer(routers, probes, programOf(routers.faults, COUNT, SEED), say)
    const lost = suffered.reduce((sum, one) => sum + one.lost, 0)
    say(`seed ${SEED}: ${COUNT} faults, ${lost} of ${COUNT * (IDLE + BUSY)} connections lost`)

    await routers.commit()
    await until('one serves, the other waits', async () => (await rolesOf(pair)).toSorted().join() === 'BACKUP,PRIMARY')
    const confirmed: (number | null)[] = []
    for (const { router } of routers.sides) {
      const status = await router.ask<Status>('GET', '/v1/status')
      expect(status).toMatchObject({ pending: null })
      confirmed.push(status.confirmed)
      expect(await router.ask<Drift>('GET', '/v1/drift')).toMatchObject({ differences: [] })
      const { services } = await router.ask<Health>('GET', '/v1/health')
      expect(Object.entries(services).filter(([, { healthy }]) => !healthy)).toEqual([])
      const forwards = [...(await router.inside('nft list ruleset')).matchAll(/\b(2\d{4})\b/g)].map(([, port]) => port)
      expect([...new Set(forwards)]).toEqual([String(routers.port())])
    }
    expect(confirmed[0]).toBe(confirmed[1])
    await outside.exec(['sh', '-c', `echo well | timeout 5 nc -q 1 198.51.100.5 ${routers.port()} | grep -q well`])
    // A router that could take over lost nobody.
    expect(suffered.filter(({ step, lost }) => step.settled && lost > 0)).toEqual([])
  },
  COUNT * EACH_MS,
)
