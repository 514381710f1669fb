import { openDatabase } from '@sysvm/manager/model'
import { findGuests, type GuestFilter } from '@sysvm/manager/model/guest'
import { seed } from '@sysvm/manager/orchestration/seed'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedSeed } from '../simulator/api.ts'
import { seedBig } from '../simulator/big.ts'
import { freshDatabase } from '../simulator/cloud.ts'
import { bigId } from '../simulator/listcalls.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { until } from './until.ts'

const SIZES = { hosts: 20, guests: 300, networks: 10 }

let lab: Awaited<ReturnType<typeof openTestCluster>>
let database: Awaited<ReturnType<typeof freshDatabase>>
/** Statements that counted guests. */
let counted = 0
let db: ReturnType<typeof openDatabase>
beforeAll(async () => {
  lab = await openTestCluster()
  database = await freshDatabase(lab.cluster.url)
  await seed(database.db, simulatedSeed)
  await seedBig(database.db, SIZES)
  db = openDatabase(database.url, {
    log: ({ query }) => {
      if (query.sql.includes('count(*)')) counted++
    },
  })
})
afterAll(async () => {
  await db?.destroy()
  await database?.drop()
  await lab?.remove()
})

const FILTERS: readonly GuestFilter[] = [
  {},
  { states: ['Running'] },
  { keyword: '1' },
  { accounts: [bigId('account', 1)] },
  { network: bigId('network', 2) },
  { haenable: false, states: ['Running', 'Stopped'] },
]

/** Of pages of one guest, which always need a count. */
const countOf = async (filter: GuestFilter): Promise<number> =>
  (await findGuests(db, filter, { limit: 1, offset: 0 })).count

/** What PostgreSQL counts in a transaction, where nothing is remembered. */
const truth = (filter: GuestFilter): Promise<number> =>
  db.transaction().execute(async (trx) => (await findGuests(trx, filter, { limit: 1, offset: 0 })).count)

const statementsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = counted
  await work()
  return counted - before
}

const setState = (state: string, number: number) =>
  sql`update guest set state = ${state} where id = ${bigId('guest', number)}`

test('what was counted is not counted again until a guest changes', async () => {
  // The database's own housekeeping is a transaction too: while it lasts nothing is remembered.
  await until('the count is remembered', async () => (await statementsOf(() => countOf({}))) === 0)
  // Another filter, and one that asks more than the table of guests, are counts of their own.
  expect(await statementsOf(() => countOf({ states: ['Stopped'] }))).toBe(1)
  await countOf({ network: bigId('network', 1) })
  expect(await statementsOf(() => countOf({ network: bigId('network', 1) }))).toBe(1)
  await setState('Stopped', 1).execute(database.db)
  expect(await statementsOf(() => countOf({}))).toBe(1)
  expect(await countOf({ states: ['Stopped'] })).toBe(await truth({ states: ['Stopped'] }))
})

test('a change that is not committed is not counted, and is as soon as it is', async () => {
  const stopped = { states: ['Stopped'] } as const
  await setState('Running', 2).execute(database.db)
  const before = await countOf(stopped)
  await database.db.transaction().execute(async (trx) => {
    await setState('Stopped', 2).execute(trx)
    expect(await countOf(stopped)).toBe(before)
    expect(await countOf(stopped)).toBe(before)
    expect((await findGuests(trx, stopped, { limit: 1, offset: 0 })).count).toBe(before + 1)
  })
  expect(await countOf(stopped)).toBe(before + 1)
  await expect(
    database.db.transaction().execute(async (trx) => {
      await setState('Running', 2).execute(trx)
      expect(await countOf(stopped)).toBe(before + 1)
      throw new Error('undone')
    }),
  ).rejects.toThrow('undone')
  expect(await countOf(stopped)).toBe(before + 1)
})

test('every count is the true one while guests change, come and go', async () => {
  let ended = false
  const change = async (): Promise<void> => {
    for (let n = 1; !ended; n++) {
      await database.db.transaction().execute(async (trx) => {
        await setState(n % 2 === 0 ? 'Running' : 'Stopped', (n % 50) + 1).execute(trx)
        if (n % 7 === 0) await sql`delete from guest where id = ${bigId('guest', SIZES.guests - n)}`.execute(trx)
        await sql`select pg_sleep(0.002)`.execute(trx)
      })
      await sql`select pg_sleep(0.004)`.execute(database.db)
    }
  }
  const changing = change()
  try {
    for (let n = 0; n < 60; n++) for (const filter of FILTERS) await countOf(filter)
  } finally {
    ended = true
    await changing
  }
  for (const filter of FILTERS) expect(await countOf(filter), JSON.stringify(filter)).toBe(await truth(filter))
})
