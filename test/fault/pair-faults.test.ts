import { setTimeout as sleep } from 'node:timers/promises'
import type { Drift, Health, Status } from '@sysvm/agent/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProbe, startServer } from '../bench/failover/measure.ts'
import { until } from '../lab/index.ts'
import { faultsOf, type PairFault } from '../lab/pair-faults.ts'
import { become, rolesOf, type Side, stateOf } from '../lab/redundant.ts'
import { GUESTS, openVpcPair, PUBLIC, type VpcPair } from '../lab/redundant-vpc.ts'
import { pings, reaches } from '../lab/router/guest.ts'
import { programOf } from './pair/program.ts'
import { changesOf, OUTSIDE, routersOn } from './pair/routers.ts'
import { suffer } from './pair/run.ts'

/** `make faults` asks for more. */
const COUNT = Number(process.env.SYSVM_FAULTS ?? 9)
const SEED = Number(process.env.SYSVM_SEED ?? 1)
const EACH_MS = 30_000
/** Of guests to outside and to another tier, and as many from outside to guests. */
const HELD = { idle: 50, busy: 6 } as const
const HELD_BY_ALL = 2 * (HELD.idle + HELD.busy)
/** A cut that is short is not always noticed on a busy machine. */
const MOST_FLAPS = 12

let pair: VpcPair
beforeAll(async () => {
  pair = await openVpcPair('pair-faults', changesOf(0))
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
  const [first] = pair.sides
  await become(pair, 'PRIMARY', 'BACKUP')
  expect(await flap(faultsOf(pair).publicLink, first, 4, 500)).toEqual([0, 1])
  expect(await flap(faultsOf(pair).hearingLink, first, 2, 500)).toEqual([0, 0])
  expect(await rolesOf(pair)).toEqual(['BACKUP', 'PRIMARY'])
})

test('the one that is cut off again and again ends as the backup', async () => {
  const [first, second] = pair.sides
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
    const { guest, data, late, outside } = pair
    const routers = routersOn(pair)
    await routers.served()
    for (const at of [guest, data, outside]) await startServer(at)
    await using inner = await startProbe(guest, OUTSIDE, { ...HELD, also: [GUESTS.data] })
    await using outer = await startProbe(outside, PUBLIC.static, { ...HELD, also: [PUBLIC.forwards] })
    const suffered = await suffer(routers, [inner, outer], programOf(routers.faults, COUNT, SEED), say)
    const lost = suffered.reduce((sum, one) => sum + one.lost, 0)
    say(`seed ${SEED}: ${COUNT} faults, ${lost} of ${COUNT * HELD_BY_ALL} connections lost`)

    do await routers.commit()
    while (!routers.changes().late)
    const { port, allowed } = routers.changes()
    await until('one serves, the other waits', async () => (await rolesOf(pair)).toSorted().join() === 'BACKUP,PRIMARY')
    const confirmed: (number | null)[] = []
    for (const { router } of pair.sides) {
      const status = await router.ask<Status>('GET', '/v1/status')
      expect(status).toMatchObject({ pending: null })
      confirmed.push(status.confirmed)
      expect(await router.ask<Drift>('GET', '/v1/drift')).toMatchObject({ differences: [] })
      const { services } = await router.ask<Health>('GET', '/v1/health')
      expect(Object.entries(services).filter(([, { healthy }]) => !healthy)).toEqual([])
      const rules = await router.inside('nft --stateless list ruleset')
      expect(new Set([...rules.matchAll(/\b([23]0\d{3})\b/g)].map(([, one]) => Number(one)))).toEqual(
        new Set([port, allowed]),
      )
    }
    expect(confirmed[0]).toBe(confirmed[1])
    // From outside: by the last forwarded port, the balanced one, and no port that the tier's list does not name.
    await outside.exec(['sh', '-c', `echo well | timeout 5 nc -q 1 ${PUBLIC.forwards} ${port} | grep -q well`])
    await until('the balancer has its member', () => reaches(outside, PUBLIC.balanced, 80))
    expect(await reaches(outside, PUBLIC.static, 7002)).toBe(true)
    expect(await reaches(outside, PUBLIC.static, 8080)).toBe(false)
    // The tier that came last reaches the others.
    expect(await pings(late, GUESTS.web)).toBe(true)
    expect(await pings(late, OUTSIDE)).toBe(true)
    // A router that could take over lost nobody.
    expect(suffered.filter(({ step, lost }) => step.settled && lost > 0)).toEqual([])
  },
  COUNT * EACH_MS,
)
