import type { Drift, Health, Status } from '@sysvm/agent/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProbes } from '../bench/failover/measure.ts'
import { until } from '../lab/index.ts'
import { openPair, type Pair, rolesOf } from '../lab/redundant.ts'
import { programOf } from './pair/program.ts'
import { OUTSIDE, routersOn } from './pair/routers.ts'
import { suffer } from './pair/run.ts'

/** `make faults` asks for more. */
const COUNT = Number(process.env.SYSVM_FAULTS ?? 9)
const SEED = Number(process.env.SYSVM_SEED ?? 1)
const EACH_MS = 30_000
const IDLE = 100
const BUSY = 10

let pair: Pair
beforeAll(async () => {
  pair = await openPair('pair-faults', { advertMs: 100 })
})
afterAll(() => pair?.[Symbol.asyncDispose]())

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
