import { seed } from '@sysvm/manager/orchestration/seed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedSeed } from '../simulator/api.ts'
import { seedBig } from '../simulator/big.ts'
import { freshDatabase } from '../simulator/cloud.ts'
import { type ListCall, listCalls } from '../simulator/listcalls.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { createPlanner } from './plans.ts'

/** Large enough that an index is worth its while. */
const SIZES = { hosts: 3000, guests: 6000, networks: 60 }

let lab: Awaited<ReturnType<typeof openTestCluster>>
let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  lab = await openTestCluster()
  database = await freshDatabase(lab.cluster.url)
  await seed(database.db, simulatedSeed)
  await seedBig(database.db, SIZES)
})
afterAll(async () => {
  await database?.drop()
  await lab?.remove()
})

/** It looks at the tags of every host: they are few, and no page of hosts. */
const REPORTS = new Set(['listHostTags'])

/** One of all calls with the same parameters: another value makes the same query. */
const different = (calls: readonly ListCall[]): readonly ListCall[] => [
  ...new Map(
    calls
      .filter(({ command }) => !REPORTS.has(command))
      .map((call) => [`${call.command} ${Object.keys(call.params)}`, call]),
  ).values(),
]

test('every list command, with every filter, finds its rows by an index of each large table', async () => {
  const planner = await createPlanner(database.url)
  try {
    expect([...planner.large]).toEqual(expect.arrayContaining(['host', 'guest', 'nic', 'event', 'async_job']))
    const faults: Record<string, readonly string[]> = {}
    for (const call of different(await listCalls(database.db))) {
      const scans = await planner.check(call)
      if (scans.length > 0) faults[`${call.command} ${JSON.stringify(call.params)}`] = scans
    }
    expect(planner.failed).toEqual([])
    expect(faults).toEqual({})
  } finally {
    await planner.close()
  }
}, 300_000)
