import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { createApi } from '@sysvm/manager/api'
import { createJobs, type Jobs, openQueues } from '@sysvm/manager/jobs'
import type { Database } from '@sysvm/manager/model'
import { createGuestReconciler } from '@sysvm/manager/orchestration/guest/index'
import { openKeys } from '@sysvm/manager/orchestration/keys/index'
import { defaultSettings, type World } from '@sysvm/manager/orchestration/world'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caller } from '../simulator/api.ts'
import { createClient } from '../simulator/client.ts'
import { freshDatabase, makeCloud } from '../simulator/cloud.ts'
import { createSimulator } from '../simulator/index.ts'
import { openTestCluster, silent, startSimulatedCloud } from '../simulator/manager.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const serve = async (db: Kysely<Database>, jobs: Jobs) => {
  const api = createApi({ db, jobs })
  return { api, call: caller(await api.listen({ port: 0 })) }
}

/** The API where no reconciler runs: jobs wait, as they do while the world is slow. */
const idle = async () => {
  const { url, db, drop } = await freshDatabase(lab.cluster.url)
  const cloud = await makeCloud(db)
  const boss = await openQueues(url)
  const jobs = createJobs(boss)
  const { api, call } = await serve(db, jobs)
  const client = createClient(db, jobs, cloud)
  const network = await client.createNetwork('n1')
  const { id } = await client.deploy('web', network)
  await db.updateTable('async_job').set({ jobstatus: 1, completed: new Date() }).execute()
  await db.updateTable('guest').set({ state: 'Running' }).execute()
  return {
    ...{ db, jobs, call, id, network },
    begin: async (command: string, params: Record<string, string> = { id }) => {
      const { status, body } = await call(command, params)
      expect({ status, body }).toMatchObject({ status: 200, body: { jobid: expect.any(String) } })
      return String(body.jobid)
    },
    guest: () => db.selectFrom('guest').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    [Symbol.asyncDispose]: async () => {
      await api.close()
      await boss.stop({ graceful: false })
      await drop()
    },
  }
}

describe('a job that is cancelled', () => {
  it('ends as such, once, and its guest that never ran is removed with all it had', { timeout: 300_000 }, async () => {
    await using cloud = await startSimulatedCloud(lab.cluster, lab.folder, { broken: 'guest' })
    const { api, call } = await serve(cloud.db, cloud.engine.jobs)
    try {
      const network = await cloud.client.createNetwork('n1')
      const { id, job: jobid } = await cloud.client.deploy('web', network)
      expect(await call('cancelAsyncJob', { jobid })).toMatchObject({ status: 200, body: { success: true } })
      expect((await call('queryAsyncJobResult', { jobid })).body).toMatchObject({
        jobstatus: 3,
        jobresultcode: 530,
        jobresult: { errorcode: 530, errortext: 'It was cancelled by admin.' },
      })
      await until(
        'the guest is gone',
        async () => (await cloud.db.selectFrom('guest').select('id').execute()).length === 0,
      )
      expect(await cloud.db.selectFrom('nic').select('id').where('guest', '=', id).execute()).toEqual([])
      const again = await call('cancelAsyncJob', { jobid })
      expect(again).toMatchObject({ status: 534, body: { errortext: `The job ${jobid} was cancelled already.` } })
      expect((await call('queryAsyncJobResult', { jobid })).body).toMatchObject({ jobstatus: 3 })
    } finally {
      await api.close()
    }
  })

  it('takes back that a guest is stopped, rebooted or destroyed, and that a network is restarted', async () => {
    await using stage = await idle()
    const { db, call, begin, guest, network } = stage
    const cancel = async (jobid: string) => expect((await call('cancelAsyncJob', { jobid })).status).toBe(200)
    await cancel(await begin('stopVirtualMachine'))
    expect(await guest()).toMatchObject({ desired: 'Running', state: 'Running' })
    await cancel(await begin('rebootVirtualMachine'))
    expect(await guest()).toMatchObject({ reboots_wanted: 0, reboots_done: 0 })
    await cancel(await begin('destroyVirtualMachine'))
    expect(await guest()).toMatchObject({ desired: 'Running', destroyed: null })
    await db.updateTable('network').set({ state: 'Implemented' }).execute()
    await cancel(await begin('restartNetwork', { id: network, cleanup: 'true' }))
    const row = await db.selectFrom('network').selectAll().executeTakeFirstOrThrow()
    expect(row.restarts_wanted).toBe(row.restarts_done)
    const states = await db.selectFrom('async_job').select('jobstatus').orderBy('created').execute()
    expect(states.map(({ jobstatus }) => jobstatus)).toEqual([1, 3, 3, 3, 3])
  })

  it('leaves what a later one decided, and is refused when its command cannot be taken back', async () => {
    await using stage = await idle()
    const { db, call, begin, guest, network } = stage
    const stop = await begin('stopVirtualMachine')
    await db.updateTable('guest').set({ state: 'Stopped' }).execute()
    await begin('startVirtualMachine')
    expect((await call('cancelAsyncJob', { jobid: stop })).status).toBe(200)
    expect(await guest()).toMatchObject({ desired: 'Running' })
    const deletion = await call('deleteNetwork', { id: network })
    // The network has a guest still: its job is made by hand.
    expect(deletion.status).toBe(536)
    const { id: jobid } = await db
      .insertInto('async_job')
      .values({ cmd: 'createFirewallRule', target_kind: 'network', target: network, revision: 1 })
      .returning('id')
      .executeTakeFirstOrThrow()
    const refused = await call('cancelAsyncJob', { jobid })
    expect(refused).toMatchObject({
      status: 534,
      body: { errortext: expect.stringContaining('only the command that is its opposite') },
    })
    expect((await call('queryAsyncJobResult', { jobid })).body).toMatchObject({ jobstatus: 0 })
  })

  it('is not undone by a reconciler that read its guest before', async () => {
    await using stage = await idle()
    const { db, jobs, id, guest } = stage
    const home = await mkdtemp(join(lab.folder, 'world-'))
    const simulator = createSimulator(join(home, 'hosts'))
    const world: World = {
      ...{ db, jobs, log: silent, hosts: simulator.hosts, openControl: simulator.openControl },
      keys: await openKeys(home),
      imageFolder: (hash) => hash,
      firmwareOf: simulator.firmwareOf,
      settings: defaultSettings,
      at: async () => {},
    }
    await db.updateTable('guest').set({ desired: 'Expunged' }).execute()
    const outcome = await db.transaction().execute(async (trx) => {
      // As a cancellation does; it is told to the reconciler, that waits for the row, when this ends.
      await trx.updateTable('guest').set({ desired: 'Running' }).where('id', '=', id).execute()
      const reconciled = createGuestReconciler(world)(id)
      await until('the reconciler waits for the row', async () => {
        const { rows } = await sql`select from pg_locks where not granted
          and pid in (select pid from pg_stat_activity where datname = current_database())`.execute(db)
        return rows.length > 0
      })
      return { reconciled }
    })
    expect(await outcome.reconciled).toBe('waiting')
    expect(await guest()).toMatchObject({ desired: 'Running', state: 'Running' })
  })

  it('may be a reboot that is under way, of a guest and of a router', { timeout: 300_000 }, async () => {
    const failures: string[] = []
    const cancels = new Map<string, () => Promise<void>>()
    await using cloud = await startSimulatedCloud(lab.cluster, lab.folder, {
      log: { ...silent, warn: (fields, message) => void failures.push(`${message}: ${String(fields.err)}`) },
      at: async (step) => {
        const cancel = cancels.get(step)
        cancels.delete(step)
        await cancel?.()
      },
    })
    const { api, call } = await serve(cloud.db, cloud.engine.jobs)
    try {
      const network = await cloud.client.createNetwork('n1')
      const { id, job } = await cloud.client.deploy('web', network)
      expect(await cloud.client.ended(job)).toMatchObject({ jobstatus: 1 })
      const router = await cloud.db.selectFrom('router').select('id').executeTakeFirstOrThrow()
      failures.length = 0
      for (const [kind, step, command, target] of [
        ['guest', 'guest.booted', 'rebootVirtualMachine', id],
        ['router', 'router.booted', 'rebootRouter', router.id],
      ] as const) {
        const begun = Promise.withResolvers<string>()
        cancels.set(step, async () => {
          const jobid = await begun.promise
          expect((await call('cancelAsyncJob', { jobid })).status).toBe(200)
        })
        begun.resolve(String((await call(command, { id: target })).body.jobid))
        const rebooted = await until(`the ${kind} runs again`, async () => {
          const row = await cloud.db.selectFrom(kind).selectAll().where('id', '=', target).executeTakeFirstOrThrow()
          return row.state === 'Running' && !cancels.has(step) ? row : undefined
        })
        expect(rebooted).toMatchObject({ reboots_wanted: 0, reboots_done: 0, reason: null })
      }
      expect(failures).toEqual([])
    } finally {
      await api.close()
    }
  })
})
