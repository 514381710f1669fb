import { isWeak } from '@sysvm/manager/model/contains'
import { findGuestVlans } from '@sysvm/manager/model/guestvlan'
import { foldTally } from '@sysvm/manager/model/tally'
import { seed } from '@sysvm/manager/orchestration/seed'
import { sql } from 'kysely'
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

/** As much shorter as the cloud is smaller: of half of a table an index is no use. */
const short = ({ command, params }: ListCall): ListCall => ({
  command,
  params: params.pagesize === undefined ? params : { ...params, pagesize: '50' },
})

/** Without three letters in a row there is no trigram to find: who looks for what nothing has looks at every name. */
const isFindable = ({ params: { keyword } }: ListCall): boolean => keyword === undefined || !isWeak(keyword)

test('every list command, with every filter, finds its rows by an index of each large table', async () => {
  const planner = await createPlanner(database.url)
  try {
    expect([...planner.large]).toEqual(expect.arrayContaining(['host', 'guest', 'nic', 'event', 'async_job']))
    const faults: Record<string, readonly string[]> = {}
    for (const call of (await listCalls(database.db)).filter(isFindable).map(short)) {
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

interface Sum {
  readonly what: string
  readonly id: string
  readonly machines: string
  readonly cpus: string
  readonly memory: string
}

const sums = async (): Promise<readonly Sum[]> =>
  (
    await sql<Sum>`select what, id, sum(machines)::text as machines, sum(cpus)::text as cpus, sum(memory)::text as memory
      from tallied group by what, id having sum(machines) <> 0 order by what, id`.execute(database.db)
  ).rows

/** Looked up row by row, without what is kept. */
const counted = async (): Promise<readonly Sum[]> =>
  (
    await sql<Sum>`
      with machine as (
        select guest.account, guest.desired::text as desired, guest.host, guest.target_host,
          coalesce(guest.custom_cpunumber, offering.cpunumber) as cpus, coalesce(guest.custom_memory, offering.memory) as memory
        from guest join service_offering offering on offering.id = guest.offering
        union all
        select null, router.desired::text, router.host, router.target_host, offering.cpunumber, offering.memory
        from router, (select * from service_offering where issystem order by created limit 1) offering
      ), part as (
        select 'account' as what, account as id, cpus, memory from machine where desired in ('Running', 'Stopped')
        union all
        select 'host', host, cpus, memory from machine where desired = 'Running'
        union all
        select 'host', target_host, cpus, memory from machine
          where desired = 'Running' and target_host is distinct from host
      ), placed as (
        select what, id, cpus, memory from part
        union all
        select 'cluster', host.cluster, part.cpus, part.memory from part join host on host.id = part.id where what = 'host'
      )
      select what, id, count(*)::text as machines, sum(cpus)::text as cpus, sum(memory)::text as memory from placed
      where id is not null group by what, id order by what, id`.execute(database.db)
  ).rows

test('sums of accounts, hosts and clusters are what is counted, also while they are added up and machines change', async () => {
  const { db } = database
  expect(await sums()).toEqual(await counted())
  const workers = 4
  let left = workers
  const change = async (worker: number): Promise<void> => {
    for (let round = 0; round < 12; round++) {
      const mine = sql`number % ${workers} = ${worker} and (number + ${round}) % 9 = 0`
      await sql`update guest set
        desired = (array['Running', 'Stopped', 'Destroyed'])[1 + (number + ${round}) % 3],
        host = (select id from host where name = 'host-' || (1 + number * ${round} % 50)),
        moving = ${round % 2 === 0},
        target_host = (select id from host where name = 'host-' || (1 + number % 50) and ${round % 2 === 0}),
        custom_cpunumber = nullif(number * ${round} % 5, 0)
        where ${mine}`.execute(db)
      await sql`update router set moving = true, target_host = (select id from host where name = 'host-7'), desired = 'Stopped'
        where ${mine}`.execute(db)
    }
    left--
  }
  const add = async (): Promise<void> => {
    while (left > 0) await foldTally(db)
  }
  await Promise.all([...Array.from({ length: workers }, (_, worker) => change(worker)), add(), add()])
  expect(await sums()).toEqual(await counted())
  await foldTally(db)
  expect(await sql`select from tally_change`.execute(db)).toMatchObject({ rows: [] })
  expect(await sums()).toEqual(await counted())
}, 120_000)

test('sums of hosts and clusters follow the size of routers, which is another once their offering is another', async () => {
  const { db } = database
  const [before] = await db.deleteFrom('service_offering').where('issystem', '=', true).returningAll().execute()
  expect(before).toBeDefined()
  expect(await sums()).toEqual(await counted())
  const { id: _, details, ...offering } = before ?? expect.fail()
  await db
    .insertInto('service_offering')
    .values({ ...offering, details: JSON.stringify(details), memory: offering.memory * 2 })
    .execute()
  expect(await sums()).toEqual(await counted())
})
