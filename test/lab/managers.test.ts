import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { EPOCH_HEADER } from '@sysvm/agent/api'
import { SysvmError } from '@sysvm/errors'
import { recordFailure } from '@sysvm/manager/jobs/backoff'
import { beat, bury, enter, goneOf, raiseAbove } from '@sysvm/manager/managers/lease'
import { join } from '@sysvm/manager/managers/member'
import { takeShare } from '@sysvm/manager/managers/share'
import { openDatabase } from '@sysvm/manager/model'
import { failLostJobs, findJob, insertOwnJob } from '@sysvm/manager/model/job'
import { hostReturned } from '@sysvm/manager/orchestration/host/machines'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, makeCloud } from '../simulator/cloud.ts'
import { openTestCluster, silent, startSimulatedCloud } from '../simulator/manager.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const open = async () => {
  const { url, db, drop } = await freshDatabase(lab.cluster.url)
  await makeCloud(db, { hosts: ['local:?netns=h1', 'local:?netns=h2'] })
  return {
    url,
    db,
    owners: async () => (await db.selectFrom('host').select('manager').execute()).map(({ manager }) => manager),
    /** A manager of another machine, which does nothing by itself. */
    enter: async () => {
      const id = randomUUID()
      const epoch = await enter(db, { id, name: 'elsewhere', version: '0' })
      await db.updateTable('manager').set({ process: 'elsewhere/1/1' }).where('id', '=', id).execute()
      return { id, take: () => takeShare(db, id, epoch) }
    },
    [Symbol.asyncDispose]: drop,
  }
}

describe('a manager that was declared dead', () => {
  it('has no session any more, also when its row was forgotten', async () => {
    await using stage = await open()
    const { id } = await stage.enter()
    const ask = async () => {
      const own = openDatabase(stage.url, { connections: 1, manager: id })
      try {
        await sql`select`.execute(own)
      } finally {
        await own.destroy()
      }
    }
    await ask()
    await bury(stage.db, { [id]: 0 })
    await expect(ask()).rejects.toMatchObject({ code: 'SYSVM_FENCED' })
    await stage.db.deleteFrom('manager').where('id', '=', id).execute()
    await expect(ask()).rejects.toMatchObject({ code: 'SYSVM_FENCED' })
  })
})

describe('hosts are taken', () => {
  it('by those that are up alone, and from those that are not', async () => {
    await using stage = await open()
    const { db } = stage
    const [dead, late, alive] = [await stage.enter(), await stage.enter(), await stage.enter()]
    await bury(db, { [dead.id]: 0 })
    await sql`update manager set heartbeat = heartbeat - interval '1 hour' where id = ${late.id}`.execute(db)
    expect(await dead.take()).toEqual({ claimed: 0, returned: 0 })
    expect(await late.take()).toEqual({ claimed: 0, returned: 0 })
    // As a manager left it that took hosts while it was declared dead.
    await db.updateTable('host').set({ manager: dead.id }).execute()
    expect(await beat(db, alive.id)).toMatchObject({ free: true })
    expect(await alive.take()).toEqual({ claimed: 1, returned: 0 })
    await bury(db, { [late.id]: 0 })
    expect(await alive.take()).toEqual({ claimed: 1, returned: 0 })
    expect(await stage.owners()).toEqual([alive.id, alive.id])
    expect(await beat(db, alive.id)).toMatchObject({ free: false })
  })

  it('by nobody while it is declared dead', async () => {
    await using stage = await open()
    const { db } = stage
    const dying = await stage.enter()
    const taking = await db.transaction().execute(async (trx) => {
      await trx.updateTable('manager').set({ state: 'Down', stopped: new Date() }).where('id', '=', dying.id).execute()
      const taking = dying.take()
      await until('it waits for its row', async () => {
        const { rows } = await sql`select from pg_stat_activity where wait_event_type = 'Lock'`.execute(db)
        return rows.length > 0
      })
      return { taking }
    })
    expect(await taking.taking).toEqual({ claimed: 0, returned: 0 })
    expect(await stage.owners()).toEqual([null, null])
  })
})

describe('a job that a manager works on itself', () => {
  it('fails when that manager ends, and only then', async () => {
    await using stage = await open()
    const { db, url } = stage
    const [dead, alive] = [await stage.enter(), await stage.enter()]
    const jobs: string[] = []
    for (const { id } of [dead, alive]) {
      const own = openDatabase(url, { connections: 1, manager: id })
      jobs.push(await insertOwnJob(own, { cmd: 'runDiagnostics', instancetype: 'DomainRouter', target: id }))
      await own.destroy()
    }
    const ends = async () =>
      (await Promise.all(jobs.map((job) => findJob(db, job)))).map((job) => [job?.jobstatus, job?.jobresult])
    await failLostJobs(db)
    expect(await ends()).toEqual([
      [0, null],
      [0, null],
    ])
    await bury(db, { [dead.id]: 0 })
    const errortext = 'The manager that worked on it ended. Ask again.'
    expect(await ends()).toEqual([
      [2, { errorcode: 530, errortext }],
      [0, null],
    ])
  })
})

describe('a host that returns', () => {
  it('waits for a network that is being recorded as failed, which does not wait for it', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { client, db, engine, cloud } = manager
    const network = await client.createNetwork('n1')
    const host = cloud.hosts[0] ?? ''
    const target = { kind: 'network', id: network } as const
    const full = new SysvmError('SYSVM_CAPACITY', 'There is no room.')
    await db.transaction().execute((trx) => recordFailure(trx, target, full, 1))
    await db.insertInto('network_host').values({ network, host }).execute()
    let returned: Promise<void> | undefined
    await db.transaction().execute(async (trx) => {
      await recordFailure(trx, target, full, 1)
      returned = hostReturned(engine.world, host)
      await until('it waits', async () => {
        const { rows } = await sql`select from pg_stat_activity
          where wait_event_type = 'Lock' and datname = current_database()`.execute(db)
        return rows.length > 0
      })
      await engine.jobs.wake(trx, 'network', network, 5)
    })
    await expect(returned).resolves.toBeUndefined()
  })

  it('is looked at by whoever takes it over, at once', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { db, cloud } = manager
    const seen = async () =>
      (
        await db
          .selectFrom('host')
          .innerJoin('host_seen', 'host_seen.host', 'host.id')
          .select(['host.epoch', 'host_seen.epoch as seen'])
          .execute()
      )[0]
    const isSeen = async () => {
      const row = await seen()
      return row !== undefined && row.seen === row.epoch
    }
    await until('it is looked at', isSeen)
    await db
      .updateTable('host')
      .set({ epoch: sql`epoch + 1` })
      .where('id', '=', cloud.hosts[0] ?? '')
      .execute()
    expect(await isSeen()).toBe(false)
    await until('it is looked at again', isSeen)
  })
})

describe('a system VM', () => {
  it('obeys the managers that are up, and none that others took over from', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { client, db, engine, simulator } = manager
    const { job } = await client.deploy('web', await client.createNetwork('n1'))
    expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
    const router = await db.selectFrom('router').selectAll().executeTakeFirstOrThrow()
    const host = await db.selectFrom('host').selectAll().executeTakeFirstOrThrow()
    const driver = engine.world.hosts.open({ id: host.id, url: host.url, driver: 'container', hostKey: null })
    const target = { address: router.linklocal, hostKey: router.host_key_public, privateKey: '' }
    const kept = await engine.world.openControl(driver, target)
    const see = async (epoch: number) => {
      const other = await simulator.openControl(driver, target)
      await other.request('GET', '/v1/status', { headers: { [EPOCH_HEADER]: String(epoch) } })
    }
    const epochOf = async () => Number((await db.selectFrom('fence').select('epoch').executeTakeFirstOrThrow()).epoch)
    const rollback = () => kept.request('POST', '/v1/rollback', { body: {} })

    // One that this manager has not heard of yet.
    await sql`select raise_epoch()`.execute(db)
    await see(await epochOf())
    await expect(rollback()).resolves.toEqual({})
    // One that the database has not heard of, which failed over to another server meanwhile.
    const ahead = (await epochOf()) + 5000
    await see(ahead)
    await expect(rollback()).resolves.toEqual({})
    expect(await epochOf()).toBe(ahead + 1)
    // This one is declared dead, and does not know it yet; its connection is open.
    await db.updateTable('manager').set({ state: 'Down', stopped: new Date() }).execute()
    await sql`select raise_epoch()`.execute(db)
    await see(await epochOf())
    await expect(kept.request('POST', '/v1/shutdown', { body: {} })).rejects.toMatchObject({ code: 'SYSVM_FENCED' })
    expect(simulator.machines(host.url).map(({ state }) => state)).toEqual(['running', 'running'])
  })

  it('moves no epoch by what it says to have seen, further than a clock can be wrong', async () => {
    await using stage = await open()
    const { id } = await stage.enter()
    const { epoch } = await stage.db.selectFrom('fence').select('epoch').executeTakeFirstOrThrow()
    expect(await raiseAbove(stage.db, id, 1e15)).toBe(false)
    expect(await raiseAbove(stage.db, id, Number(epoch) - 1)).toBe(false)
    expect(await raiseAbove(stage.db, id, Number(epoch) + 10)).toBe(true)
    await bury(stage.db, { [id]: 0 })
    expect(await raiseAbove(stage.db, id, Number(epoch) + 100_000)).toBe(false)
  })
})

describe('a manager that is up is not declared dead', () => {
  it('by whoever did not see its last renewal', async () => {
    await using stage = await open()
    const [a, b] = [await stage.enter(), await stage.enter()]
    const found = await beat(stage.db, a.id)
    if (found === undefined) throw new Error('it is gone')
    const gone = goneOf(found, [b.id])
    expect(gone).toEqual({ [b.id]: 0 })
    await beat(stage.db, b.id)
    expect(await bury(stage.db, gone)).toEqual([])
  })

  it('when the clock of the database steps, forward or back', async () => {
    await using stage = await open()
    const { db, url } = stage
    const members = await Promise.all(
      ['a', 'b'].map((name) =>
        join({ url, self: { id: randomUUID(), name, version: '0' }, log: silent, onTakeover: () => {} }),
      ),
    )
    try {
      const renewed = async () => {
        const rows = await db.selectFrom('manager').select(['state', 'renewals']).orderBy('id').execute()
        return rows.map(({ state, renewals }) => [state, Number(renewals)] as const)
      }
      for (const step of ['1 hour', '-1 hour']) {
        const before = await renewed()
        await until('each has looked at the other, whose heartbeat was of another time', async () => {
          await sql`update manager set heartbeat = heartbeat - ${step}::interval`.execute(db)
          await sleep(50)
          return (await renewed()).every(([, count], index) => count >= (before[index]?.[1] ?? 0) + 2)
        })
        expect((await renewed()).map(([state]) => state)).toEqual(['Up', 'Up'])
      }
      expect(new Set(await stage.owners())).toEqual(new Set(members.map(({ id }) => id)))
    } finally {
      await Promise.all(members.map((member) => member.leave()))
    }
  })
})
