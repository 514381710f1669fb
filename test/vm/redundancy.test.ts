import type { Drift } from '@sysvm/agent/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdFlows } from '../fault/router/flows.ts'
import { until } from '../lab/index.ts'
import { become, openPair, type Pair, stateOf } from '../lab/redundant.ts'

const FLOWS = 20

let pair: Pair
beforeAll(async () => {
  // Emulated processors are late more often than not.
  pair = await openPair('redundancy-vm', { advertMs: 2000 }, { driver: 'kvm', bootMs: 240_000 })
}, 400_000)
afterAll(() => pair?.[Symbol.asyncDispose]())

test('a VM and a container are one router: connections outlive the one that dies', async () => {
  const { one, two, guest, outside } = pair
  await become(pair, 'PRIMARY', 'BACKUP')
  expect(await one.ask<Drift>('GET', '/v1/drift')).toMatchObject({ differences: [] })
  await using flows = await holdFlows({ client: guest, server: outside, address: '198.51.100.1', count: FLOWS })
  await until('the other one has all of them', async () => ((await stateOf(two)).flows?.peer ?? 0) >= FLOWS, {
    timeoutMs: 60_000,
  })
  await one.driver.destroyMachine(one.machine.name)
  await until('the other one serves', async () => (await stateOf(two)).state === 'PRIMARY', { timeoutMs: 60_000 })
  expect(await flows.echoAll()).toBe(FLOWS)
})
