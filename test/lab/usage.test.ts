import { aggregateUsage, forgetUsageLog } from '@sysvm/manager/model/usage/aggregate'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const DAY = 24 * 60 * 60 * 1000
/** Midnight UTC so many days ago. */
const midnight = (ago: number): Date => new Date(Math.floor(Date.now() / DAY) * DAY - ago * DAY)
const dayOf = (date: Date): string => date.toISOString().slice(0, 10)
const at = (day: Date, hours: number): Date => new Date(day.getTime() + hours * 60 * 60 * 1000)

describe('usage', () => {
  it('is logged in the transactions that begin and end it', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
    const { call, db } = cloud
    const zone = await setUpZone(call, 'local:?netns=us-h1')
    const network = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: 'n1' }
    const networkids = idOf(await run(call, 'createNetwork', network, 'network'))
    const id = idOf(
      await run(call, 'deployVirtualMachine', { ...zone.guest, networkids, name: 'web' }, 'virtualmachine'),
    )
    const log = async (type: number) =>
      (await db.selectFrom('usage_log').selectAll().where('type', '=', type).orderBy('seq').execute()).map(
        ({ resource, present, facts }) => ({ resource, present, name: facts.name }),
      )
    const web = { resource: id, name: 'web' }
    expect(await log(1)).toEqual([{ ...web, present: true }])
    expect(await log(2)).toEqual([{ ...web, present: true }])
    await run(call, 'stopVirtualMachine', { id })
    await run(call, 'startVirtualMachine', { id })
    await run(call, 'destroyVirtualMachine', { id, expunge: 'true' })
    expect((await log(1)).map(({ present }) => present)).toEqual([true, false, true, false])
    expect((await log(2)).map(({ present }) => present)).toEqual([true, false])

    const [source] = await list(call, 'listPublicIpAddresses', 'publicipaddress')
    expect((await log(3)).at(-1)).toEqual({ resource: source?.id, present: true, name: source?.ipaddress })
    await run(call, 'deleteNetwork', { id: networkids })
    expect((await log(3)).at(-1)).toEqual({ resource: source?.id, present: false, name: source?.ipaddress })
    expect((await log(30)).map(({ present }) => present)).toEqual([true, false])

    // An undone change is undone in the log.
    const before = await db.selectFrom('usage_log').select(sql<string>`count(*)`.as('n')).executeTakeFirstOrThrow()
    expect((await call('createNetwork', { ...network, gateway: '1.2.3.4' })).status).toBe(431)
    expect(await db.selectFrom('usage_log').select(sql<string>`count(*)`.as('n')).executeTakeFirstOrThrow()).toEqual(
      before,
    )
  })

  it('is added up by the day, once, whoever adds it up and how often', async () => {
    await using api = await startApi(lab.cluster)
    const { call, db } = api
    const dns = { networktype: 'Advanced', dns1: '192.0.2.53', internaldns1: '192.0.2.53' }
    const zone = idOf(await run(call, 'createZone', { ...dns, name: 'z1' }, 'zone'))
    const { id: account } = await db.selectFrom('account').select('id').executeTakeFirstOrThrow()
    const [small, big] = [
      { name: 'web', offering: 's', memory: 128 },
      { name: 'web', offering: 'b', memory: 512 },
    ]
    const guest = crypto.randomUUID()
    const entry = (when: Date, present: boolean, facts: object, type = 1) => ({
      ...{ type, resource: guest, account, zone, at: when, present, facts: JSON.stringify(facts) },
    })
    const [first, second, third] = [midnight(3), midnight(2), midnight(1)]
    await db
      .insertInto('usage_log')
      .values([
        // Six hours small, scaled at once, off for two hours, on over midnight until the evening of the next day.
        entry(at(first, 6), true, small),
        entry(at(first, 12), true, big),
        entry(at(first, 20), false, big),
        entry(at(first, 22), true, big),
        entry(at(second, 18.5), false, big),
      ])
      .execute()
    await sql`insert into usage_bytes (hour, resource, account, zone, vpc, sent, received) values
      (${at(first, 7)}, ${guest}, ${account}, ${zone}, false, 1000, 5000000000),
      (${at(first, 23)}, ${guest}, ${account}, ${zone}, false, 24, 7)`.execute(db)

    // Four at once, and again: each period is there once.
    const all = await Promise.all([1, 2, 3, 4].map(() => aggregateUsage(db, 1440)))
    expect(all.reduce((sum, periods) => sum + periods)).toBe(3)
    expect(await aggregateUsage(db, 1440)).toBe(0)
    expect((await call('generateUsageRecords')).body).toEqual({ success: true })

    const records = (from: Date, to: Date, more: Readonly<Record<string, string>> = {}) =>
      list(call, 'listUsageRecords', 'usagerecord', { startdate: dayOf(from), enddate: dayOf(to), ...more })
    const hours = (rows: readonly Record<string, unknown>[]) => rows.map(({ memory, usage }) => [memory, usage])
    expect(new Set(hours(await records(first, first, { type: '1' })))).toEqual(
      new Set([
        [128, '6.000000 Hrs'],
        [512, '10.000000 Hrs'],
      ]),
    )
    expect(await records(second, third, { type: '1', usageid: guest })).toMatchObject([
      {
        ...{
          rawusage: '18.500000',
          usagetype: 1,
          virtualmachineid: guest,
          name: 'web',
          description: 'Running guests: web',
        },
        ...{ account: 'admin', domain: 'ROOT', zoneid: zone, startdate: `${dayOf(second)}T00:00:00+0000` },
        enddate: `${dayOf(third)}T00:00:00+0000`,
      },
    ])
    expect((await records(first, third, { type: '4' })).map(({ usage }) => usage)).toEqual(['1024 Bytes'])
    expect((await records(first, third, { type: '5' })).map(({ rawusage }) => rawusage)).toEqual(['5000000007'])
    expect(await records(first, third, { type: '2' })).toEqual([])
    expect((await call('listUsageRecords', { startdate: dayOf(second), enddate: dayOf(first) })).status).toBe(431)

    // What records were made of goes; what a thing is now stays, and is counted on.
    await db
      .insertInto('usage_log')
      .values(entry(at(third, 1), true, big))
      .execute()
    await forgetUsageLog(db, 0)
    const left = await db.selectFrom('usage_log').select(['present', 'at']).where('resource', '=', guest).execute()
    expect(left).toEqual([{ present: true, at: at(third, 1) }])
  })

  it('waits for transactions that began within the period, and loses nothing of them', async () => {
    await using api = await startApi(lab.cluster)
    const { db } = api
    const { id: account } = await db.selectFrom('account').select('id').executeTakeFirstOrThrow()
    const facts = JSON.stringify({})
    const entry = { type: 30, resource: crypto.randomUUID(), account, zone: account, present: true, facts }
    await db
      .insertInto('usage_log')
      .values({ ...entry, at: new Date(Date.now() - 2000) })
      .execute()
    const gate = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const slow = db.transaction().execute(async (trx) => {
      await trx
        .insertInto('usage_log')
        .values({ ...entry, resource: crypto.randomUUID() })
        .execute()
      held.resolve()
      await gate.promise
    })
    await held.promise
    // Periods of 0.6 s stand for days; the transaction began in one that is over now, and may not be added up yet.
    await sql`select pg_sleep(0.7)`.execute(db)
    const early = await aggregateUsage(db, 0.01)
    const { count } = await db
      .selectFrom('usage_period')
      .select((eb) => eb.fn.count<string>('start_date').as('count'))
      .executeTakeFirstOrThrow()
    expect(Number(count)).toBe(early)
    const started = await sql<{ at: Date }>`select min(xact_start) as at from pg_stat_activity
      where backend_xid is not null and pid <> pg_backend_pid() and datname = current_database()`.execute(db)
    const last = await db.selectFrom('usage_period').select('end_date').orderBy('end_date', 'desc').executeTakeFirst()
    expect(Number(last?.end_date ?? 0)).toBeLessThanOrEqual(Number(started.rows[0]?.at))
    gate.resolve()
    await slow
    await aggregateUsage(db, 0.01)
    const things = await db.selectFrom('usage_record').select('resource').distinct().execute()
    expect(things).toHaveLength(2)
  })

  it('is counted on when a manager dies while it adds up', async () => {
    await using api = await startApi(lab.cluster)
    const { db } = api
    const { id: account } = await db.selectFrom('account').select('id').executeTakeFirstOrThrow()
    const resource = crypto.randomUUID()
    const common = { type: 31, resource, account, zone: account, facts: JSON.stringify({}) }
    await db
      .insertInto('usage_log')
      .values({ ...common, present: true, at: midnight(2) })
      .execute()
    // It is cut off after the records of a period were written: nothing of the period may stay.
    await sql`create function cut_off() returns trigger language plpgsql as $$
      begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`.execute(db)
    await sql`create trigger cut_off after insert on usage_record for each statement execute function cut_off()`.execute(
      db,
    )
    await expect(aggregateUsage(db, 1440)).rejects.toThrow()
    expect(await db.selectFrom('usage_record').selectAll().execute()).toEqual([])
    expect(await db.selectFrom('usage_period').selectAll().execute()).toEqual([])
    await sql`drop trigger cut_off on usage_record`.execute(db)
    expect(await aggregateUsage(db, 1440)).toBe(2)
    const hours = await db.selectFrom('usage_record').select('raw').where('resource', '=', resource).execute()
    expect(hours).toEqual([{ raw: 24 }, { raw: 24 }])
  })
})
