import { findGuestVlans } from '@sysvm/manager/model/guestvlan'
import { seed } from '@sysvm/manager/orchestration/seed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedSeed } from '../simulator/api.ts'
import { seedBig } from '../simulator/big.ts'
import { freshDatabase } from '../simulator/cloud.ts'
import { bigId, type ListCall, listCalls } from '../simulator/listcalls.ts'
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

test('identifiers of guest networks are paged from one physical network to the next, and none is made to be counted', async () => {
  const each = 9_999_999 - 5000 + 1
  const find = (filter: Parameters<typeof findGuestVlans>[1], limit: number, offset: number) =>
    findGuestVlans(database.db, filter, { limit, offset })
  const border = await find({}, 5, each - 2)
  expect(border.count).toBe(2 * each)
  expect(border.rows.map(({ vni, physicalname }) => [vni, physicalname])).toEqual([
    ...[9_999_998, 9_999_999].map((vni) => [vni, border.rows[0]?.physicalname]),
    ...[5000, 5001, 5002].map((vni) => [vni, border.rows[4]?.physicalname]),
  ])
  expect(new Set(border.rows.map(({ physicalname }) => physicalname)).size).toBe(2)
  expect(await find({}, 5, 2 * each)).toEqual({ count: 2 * each, rows: [] })
  const [first] = (await find({ physicalNetwork: bigId('physical', 1) }, 2, 1)).rows
  expect(first).toMatchObject({ vni: 5001, physicalname: 'physical-1', networkname: 'network-1' })
  const taken = await find({ allocated: true }, 2, 58)
  expect(taken).toMatchObject({ count: 60, rows: [{ vni: 5059 }, { vni: 5060, networkname: 'network-60' }] })
  expect(await find({ keyword: '505', allocated: true }, 500, 0)).toMatchObject({
    count: 10,
    rows: [{ vni: 5050 }, {}, {}, {}, {}, {}, {}, {}, {}, {}],
  })
  expect(await find({ keyword: '9999999' }, 500, 0)).toMatchObject({ count: 2, rows: [{ vni: 9_999_999 }, {}] })
  expect(await find({ vnet: '5060', allocated: true }, 500, 0)).toMatchObject({ count: 1, rows: [{ vni: 5060 }] })
  expect((await find({ vnet: '5060' }, 500, 0)).rows.map(({ network }) => network === null).toSorted()).toEqual([
    false,
    true,
  ])
  for (const vnet of ['4999', '05060', 'x', '99999999999', '-1'])
    expect(await find({ vnet }, 500, 0), vnet).toEqual({ count: 0, rows: [] })
})
