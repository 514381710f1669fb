import { failOverdueJobs } from '@sysvm/manager/orchestration/sweep'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApiCloud } from '../simulator/api.ts'
import { openTestCluster, startSimulatedCloud } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const H1 = 'ssh://root@192.0.2.31:22'
const H2 = 'ssh://root@192.0.2.32:22'

/** A network with a guest on the first of two hosts. */
const setUp = async (call: Call) => {
  const zone = await setUpZone(call, H1)
  const up = () => list(call, 'listHosts', 'host', { state: 'Up' })
  await until('the host is Up', async () => (await up()).length === 1)
  const made = { zoneid: zone.zoneid, name: 'n1', networkofferingid: zone.isolated, gateway: '10.9.0.1' }
  const networkids = idOf(await run(call, 'createNetwork', { ...made, netmask: '255.255.255.0' }, 'network'))
  const guest = await run(call, 'deployVirtualMachine', { ...zone.guest, networkids, name: 'web' }, 'virtualmachine')
  const [cluster] = await list(call, 'listClusters', 'cluster')
  const place = { zoneid: zone.zoneid, podid: String(cluster?.podid), clusterid: idOf(cluster) }
  await run(call, 'addHost', { ...place, hypervisor: 'Container', url: H2 }, 'host')
  await until('both hosts are Up', async () => (await up()).length === 2)
  const [first, second] = (await up()).map(idOf)
  const [router] = await list(call, 'listRouters', 'router', { networkid: networkids })
  return { zone, network: networkids, guest: idOf(guest), router: idOf(router), first, second }
}

describe('a move', () => {
  it('is to the host that was named, or to another that has room', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, simulator } = cloud
    const { guest, router, first = '', second = '' } = await setUp(call)
    const found = await list(call, 'findHostsForMigration', 'host', { virtualmachineid: guest })
    expect(found).toMatchObject([{ id: second, suitableformigration: true, requiresStorageMotion: true }])
    expect(await list(call, 'listHosts', 'host', { virtualmachineid: guest })).toMatchObject([{ id: second }])
    const asked = { virtualmachineid: guest, hostid: second }
    expect(await run(call, 'migrateVirtualMachine', asked, 'virtualmachine')).toMatchObject({
      ...{ state: 'Running', hostid: second },
    })
    expect(simulator.machines(H2)).toMatchObject([{ state: 'running', boots: 2, spec: { uuid: guest } }])
    expect((await call('migrateVirtualMachine', asked)).body).toMatchObject({
      errortext: expect.stringContaining('already'),
    })
    expect(await run(call, 'migrateSystemVm', { virtualmachineid: router }, 'systemvm')).toMatchObject({
      ...{ id: router, state: 'Running', hostid: second, systemvmtype: 'domainrouter' },
    })
    expect(simulator.machines(H1)).toEqual([])
    expect(await run(call, 'migrateVirtualMachine', { virtualmachineid: guest }, 'virtualmachine')).toMatchObject({
      hostid: first,
    })
    expect(simulator.offences()).toEqual([])
  })

  it.each(['guest.target', 'guest.copied', 'guest.carried'])(
    'that is cut at %s is brought to its end, with one disk in one place',
    async (step) => {
      const hosts = ['local:?netns=h1', 'local:?netns=h2'] as const
      const cuts: string[] = []
      await using manager = await startSimulatedCloud(lab.cluster, lab.folder, {
        hosts,
        at: async (name) => {
          if (cuts.includes(name)) {
            cuts.splice(0)
            throw new Error('cut by the test')
          }
        },
      })
      const { client, db, simulator } = manager
      const { id, job } = await client.deploy('web', await client.createNetwork('n1'))
      expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
      const before = await db.selectFrom('guest').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      cuts.push(step)
      const moved = await client.change('guest', id, { moving: true })
      expect(await client.ended(moved)).toMatchObject({ jobstatus: 1 })
      expect(cuts).toEqual([])
      const after = await db.selectFrom('guest').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      expect(after).toMatchObject({ state: 'Running', moving: false, target_host: null })
      expect(after.host).not.toBe(before.host)
      const machines = hosts.flatMap((host) => simulator.machines(host)).filter(({ spec }) => spec.uuid === id)
      expect(machines).toMatchObject([{ state: 'running', boots: 2 }])
      expect(simulator.offences()).toEqual([])
    },
  )
})

const HOSTS = ['local:?netns=h1', 'local:?netns=h2', 'local:?netns=h3'] as const

/** A cloud in which something happens the first time that a move comes to a step. */
const cloudWith = async (hosts: readonly string[]) => {
  let trap: { readonly step: string; readonly act: () => Promise<void> } | undefined
  const cloud = await startSimulatedCloud(lab.cluster, lab.folder, {
    hosts,
    at: async (step) => {
      if (trap?.step !== step) return
      const { act } = trap
      trap = undefined
      await act()
    },
  })
  const { client, db, simulator, engine } = cloud
  const urlOf = async (id: string | null) =>
    (await db.selectFrom('host').select('url').where('id', '=', id).executeTakeFirstOrThrow()).url
  const guest = (id: string) => db.selectFrom('guest').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return {
    ...cloud,
    guest,
    urlOf,
    set: (step: string, act: () => Promise<void>) => {
      trap = { step, act }
    },
    deployed: async (name: string, network: string) => {
      const { id, job } = await client.deploy(name, network)
      expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
      return id
    },
    /** Cuts the host that the guest goes to off from the manager. */
    cutTarget: async (id: string): Promise<string> => {
      const target = await urlOf((await guest(id)).target_host)
      simulator.reach(target, false)
      return target
    },
    notice: async (host: string) => engine.jobs.wake(db, 'host', host),
    copies: (id: string) =>
      hosts.flatMap((host) =>
        simulator
          .machines(host)
          .filter(({ spec }) => spec.uuid === id)
          .map(({ state, boots }) => `${host} ${state} ${boots}`),
      ),
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  }
}

describe('a move to a host that dies', () => {
  it.each(['guest.off', 'guest.copied'])(
    'at %s is given up: the guest starts where its disk is, and what came there goes when the host is back',
    async (step) => {
      await using cloud = await cloudWith(HOSTS.slice(0, 2))
      const { client, db, simulator, engine } = cloud
      const id = await cloud.deployed('web', await client.createNetwork('n1'))
      const home = await cloud.urlOf((await cloud.guest(id)).host)
      let target = ''
      cloud.set(step, async () => {
        target = await cloud.cutTarget(id)
        if (step === 'guest.copied') throw new Error('cut by the test')
      })
      const job = await db.transaction().execute(async (trx) => {
        await trx.updateTable('guest').set({ moving: true }).where('id', '=', id).execute()
        return engine.jobs.startJob(trx, {
          ...{ cmd: 'migrateVirtualMachine', target: { kind: 'guest', id }, revision: 0 },
          instancetype: 'VirtualMachine',
        })
      })
      await until('its host died', () => target !== '')
      const away = await db.selectFrom('host').select('id').where('url', '=', target).executeTakeFirstOrThrow()
      await cloud.notice(away.id)
      expect(await client.ended(job, 60_000)).toMatchObject({
        jobstatus: 2,
        jobresult: { errortext: expect.stringMatching(/starts where it was: the host .* does not answer/) },
      })
      await until('it runs', async () => (await cloud.guest(id)).state === 'Running')
      expect(await cloud.guest(id)).toMatchObject({ moving: false, target_host: null })
      expect(cloud.copies(id)).toEqual(
        step === 'guest.off'
          ? [`${home} running 2`]
          : expect.arrayContaining([`${home} running 2`, `${target} stopped 1`]),
      )
      simulator.reach(target, true)
      await cloud.notice(away.id)
      await until('the host is back', async () => {
        const { state } = await db
          .selectFrom('host')
          .select('state')
          .where('id', '=', away.id)
          .executeTakeFirstOrThrow()
        return state === 'Up'
      })
      expect(cloud.copies(id)).toEqual([`${home} running 2`])
      expect(await client.ended(await client.change('guest', id, { moving: true }))).toMatchObject({ jobstatus: 1 })
      expect(cloud.copies(id)).toEqual([`${target} running 3`])
      expect(simulator.offences()).toEqual([])
    },
  )

  it('waits for it where its disk is there alone', async () => {
    await using cloud = await cloudWith(HOSTS.slice(0, 2))
    const { client, simulator } = cloud
    const id = await cloud.deployed('web', await client.createNetwork('n1'))
    let target = ''
    cloud.set('guest.carried', async () => {
      target = await cloud.cutTarget(id)
      await cloud.notice((await cloud.guest(id)).target_host ?? '')
      throw new Error('cut by the test')
    })
    const job = await client.change('guest', id, { moving: true })
    await until('it was tried again', async () => (await cloud.guest(id)).reason?.includes('waiting for it to be Up'))
    expect(await cloud.guest(id)).toMatchObject({ state: 'Migrating' })
    simulator.reach(target, true)
    expect(await client.ended(job, 60_000)).toMatchObject({ jobstatus: 1 })
    expect(cloud.copies(id)).toEqual([`${target} running 2`])
  })

  it.each([2, 3])('goes on with another when its host is emptied, or runs where it was: of %i hosts', async (count) => {
    await using cloud = await cloudWith(HOSTS.slice(0, count))
    const { client, db, engine } = cloud
    const id = await cloud.deployed('web', await client.createNetwork('n1'))
    const host = (await cloud.guest(id)).host ?? ''
    const home = await cloud.urlOf(host)
    let target = ''
    cloud.set('guest.off', async () => {
      const away = (await cloud.guest(id)).target_host ?? ''
      target = await cloud.cutTarget(id)
      await cloud.notice(away)
    })
    const job = await db.transaction().execute(async (trx) => {
      await trx.updateTable('host').set({ resourcestate: 'PrepareForMaintenance' }).where('id', '=', host).execute()
      return engine.jobs.startJob(trx, {
        ...{ cmd: 'prepareHostForMaintenance', target: { kind: 'host', id: host }, revision: 0 },
        instancetype: 'Host',
      })
    })
    if (count === 3) {
      expect(await client.ended(job, 90_000)).toMatchObject({ jobstatus: 1 })
      await until('it runs', async () => (await cloud.guest(id)).state === 'Running')
      const third = HOSTS.find((url) => url !== home && url !== target)
      expect(cloud.copies(id)).toEqual([`${third} running 2`])
      return
    }
    await until('its host died', () => target !== '')
    await until('it runs where it was', async () => {
      const { state, moving } = await cloud.guest(id)
      return (state === 'Running' || moving) && cloud.copies(id).includes(`${home} running 2`)
    })
    // Nobody says that there is no room before the other host is known to be down; who looked just before looks again.
    const isOver = async (): Promise<boolean> => {
      await db.updateTable('host').set({ state: 'Down' }).where('url', '=', target).execute()
      await sql`update host_seen set at = now() - interval '1 hour' where host = (select id from host where url = ${target})`.execute(
        db,
      )
      await db.updateTable('backoff').set({ retry_at: sql`now()` }).execute()
      const row = await db.selectFrom('async_job').select('jobstatus').where('id', '=', job).executeTakeFirstOrThrow()
      return row.jobstatus !== 0
    }
    await until('the job is over', isOver, { timeoutMs: 90_000 })
    expect(await client.ended(job)).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('cannot leave the host') },
    })
    expect(cloud.copies(id)).toEqual([`${home} running 2`])
  })
})

describe('a move that fails again and again', () => {
  it('ends where it began, and with it the preparation of its host', async () => {
    await using cloud = await cloudWith(HOSTS.slice(0, 2))
    const { client, db, engine, simulator } = cloud
    const id = await cloud.deployed('web', await client.createNetwork('n1'))
    const host = (await cloud.guest(id)).host ?? ''
    const home = await cloud.urlOf(host)
    simulator.fill(HOSTS[home === HOSTS[0] ? 1 : 0])
    const job = await db.transaction().execute(async (trx) => {
      await trx.updateTable('host').set({ resourcestate: 'PrepareForMaintenance' }).where('id', '=', host).execute()
      return engine.jobs.startJob(trx, {
        ...{ cmd: 'prepareHostForMaintenance', target: { kind: 'host', id: host }, revision: 0 },
        instancetype: 'Host',
      })
    })
    expect(await client.ended(job, 60_000)).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringMatching(/starts where it was: .*No space left on device/) },
    })
    await until('it runs', async () => (await cloud.guest(id)).state === 'Running')
    expect(cloud.copies(id)).toEqual([`${home} running 2`])
    expect(await cloud.guest(id)).toMatchObject({ moving: false, target_host: null })
    expect(await db.selectFrom('left_behind').selectAll().execute()).toEqual([])
    expect(
      await db.selectFrom('host').select('resourcestate').where('id', '=', host).executeTakeFirstOrThrow(),
    ).toEqual({ resourcestate: 'ErrorInMaintenance' })
    expect(simulator.offences()).toEqual([])
  })
})

describe('moves of many', () => {
  it('leave room for what takes seconds, and their jobs are not overdue while they come on', async () => {
    await using cloud = await cloudWith(HOSTS.slice(0, 2))
    const { client, db, simulator } = cloud
    const network = await client.createNetwork('n1')
    await db.updateTable('host').set({ resourcestate: 'Disabled' }).where('url', '=', HOSTS[1]).execute()
    const first = await cloud.deployed('first', network)
    const rest = Array.from({ length: 17 }, (_, index) => cloud.deployed(`g${index}`, network))
    const guests = [first, ...(await Promise.all(rest))]
    await db.updateTable('host').set({ resourcestate: 'Enabled' }).where('url', '=', HOSTS[1]).execute()
    const held = Promise.withResolvers<void>()
    const hold = () =>
      cloud.set('guest.off', async () => {
        hold()
        await held.promise
      })
    hold()
    const [last = '', ...movers] = guests
    const jobs = await Promise.all(movers.map((id) => client.change('guest', id, { moving: true })))
    const copying = () => db.selectFrom('guest').select('id').where('state', '=', 'Migrating').execute()
    await until('some are on their way', async () => (await copying()).length >= 4)
    expect(await client.ended(await client.change('guest', last, { desired: 'Stopped' }))).toMatchObject({
      jobstatus: 1,
    })
    expect(await copying()).toHaveLength(4)
    await until('the others wait for their turn', async () => {
      const seen = await db.selectFrom('guest').select('id').where('progress', 'is not', null).execute()
      return seen.length === movers.length
    })
    await until('their time is over', async () => {
      const { rows } = await sql<{ over: boolean }>`
        select bool_and(created < now() - interval '2 s') as over from async_job where jobstatus = 0`.execute(db)
      return rows[0]?.over
    })
    await failOverdueJobs(db, 1)
    held.resolve()
    for (const job of jobs) expect(await client.ended(job, 90_000)).toMatchObject({ jobstatus: 1 })
    expect(simulator.machines(HOSTS[1]).filter(({ state }) => state === 'running').length).toBeGreaterThanOrEqual(17)
  })
})

describe('a newer image', () => {
  const [OLD, NEW] = ['a'.repeat(64), 'c'.repeat(64)]

  it('is what a router is made of when it is asked for, or else it goes back to its old one', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, db, simulator } = cloud
    const { router, zone } = await setUp(call)
    const image = () =>
      until('there is one router', async () => {
        const routers = await list(call, 'listRouters', 'router')
        return routers.length === 1 ? routers[0] : undefined
      })
    expect(await image()).toMatchObject({ version: OLD.slice(0, 12), requiresupgrade: false })
    expect((await call('upgradeRouterTemplate', { zoneid: zone.zoneid })).body).toEqual({})
    await db.updateTable('template').set({ image: NEW }).where('kind', '=', 'system').execute()
    expect(await image()).toMatchObject({ requiresupgrade: true })

    simulator.breakImage(NEW)
    const upgrade = async (params: Readonly<Record<string, string>>) => {
      const { body } = await call('upgradeRouterTemplate', params)
      expect(body).toMatchObject({ count: 1, asyncjobs: [{ jobid: expect.any(String) }] })
      const [{ jobid } = { jobid: '' }] = body.asyncjobs as { readonly jobid: string }[]
      return until('the upgrade ended', async () => {
        const { body: job } = await call('queryAsyncJobResult', { jobid })
        return job.jobstatus === 0 ? undefined : job
      })
    }
    expect(await upgrade({ id: router })).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('serves with the old one again') },
    })
    expect(await image()).toMatchObject({
      id: router,
      version: OLD.slice(0, 12),
      state: 'Running',
      requiresupgrade: true,
    })

    const mended = 'd'.repeat(64)
    await db.updateTable('template').set({ image: mended }).where('kind', '=', 'system').execute()
    expect(await upgrade({ zoneid: zone.zoneid })).toMatchObject({ jobstatus: 1 })
    expect(await image()).toMatchObject({ version: mended.slice(0, 12), state: 'Running', requiresupgrade: false })
    expect(simulator.offences()).toEqual([])
  })

  it('gives a router that runs its firmware, and the machine goes on', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, db, simulator } = cloud
    const { router, network } = await setUp(call)
    const { linklocal } = await db.selectFrom('router').selectAll().executeTakeFirstOrThrow()
    const shown = async () => (await list(call, 'listRouters', 'router', { id: router }))[0]
    const booted = () => simulator.machines(H1).find(({ spec }) => spec.uuid === router)
    const [boots, before] = [booted()?.boots, simulator.commits(linklocal).length]
    const publish = (image: string) => db.updateTable('template').set({ image }).where('kind', '=', 'system').execute()
    const patch = async (params: Readonly<Record<string, string>> = {}, command = 'patchSystemVm') => {
      const { body } = await call(command, { id: router, ...params })
      return until('the patch ended', async () => {
        const { body: job } = await call('queryAsyncJobResult', { jobid: String(body.jobid) })
        return job.jobstatus === 0 ? undefined : job
      })
    }

    expect(await patch()).toMatchObject({ jobstatus: 1 })
    expect(simulator.patches(linklocal)).toEqual([])
    await publish(NEW)
    expect(await patch()).toMatchObject({ jobstatus: 1 })
    expect(await patch()).toMatchObject({ jobstatus: 1 })
    expect(simulator.patches(linklocal)).toEqual([NEW])
    expect(await patch({ forced: 'true' })).toMatchObject({ jobstatus: 1 })
    expect(simulator.patches(linklocal)).toEqual([NEW, NEW])
    const served = { version: NEW.slice(0, 12), state: 'Running' }
    expect(await shown()).toMatchObject({ ...served, requiresupgrade: false })
    // Once for each firmware, which renders the spec anew.
    expect(simulator.commits(linklocal)).toHaveLength(before + 2)
    const restart = (params: Readonly<Record<string, string>>) => patch({ id: network, ...params }, 'restartNetwork')
    expect(await restart({})).toMatchObject({ jobstatus: 1 })
    expect(simulator.commits(linklocal)).toHaveLength(before + 2)
    // One that has the newest is told all of it again.
    expect(await restart({ livepatch: 'true' })).toMatchObject({ jobstatus: 1 })
    expect(simulator.commits(linklocal)).toHaveLength(before + 3)
    expect(simulator.patches(linklocal)).toEqual([NEW, NEW])

    const broken = 'd'.repeat(64)
    simulator.breakImage(broken)
    await publish(broken)
    expect(await patch()).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('its old one serves: its agent ended') },
    })
    expect(await shown()).toMatchObject({ ...served, requiresupgrade: true })
    expect(await restart({ livepatch: 'true' })).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('its old one serves: its agent ended') },
    })
    expect(await restart({})).toMatchObject({ jobstatus: 1 })

    const another = 'e'.repeat(64)
    simulator.setPlatform(another, 'another kernel')
    await publish(another)
    expect(await patch()).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('Call upgradeRouterTemplate') },
    })
    expect(await shown()).toMatchObject(served)
    expect(simulator.patches(linklocal)).toEqual([NEW, NEW, broken, broken])
    expect(boots).toBe(1)
    expect(booted()?.boots).toBe(1)
    expect(simulator.offences()).toEqual([])
  })

  it.for(['router.firmware.sent', 'router.firmware.started', 'router.firmware.confirmed'])(
    'is what a router runs in the end, when its manager dies at %s',
    async (step) => {
      const cuts: string[] = []
      await using manager = await startSimulatedCloud(lab.cluster, lab.folder, {
        hosts: ['local:'],
        at: async (name) => {
          if (cuts.includes(name)) {
            cuts.splice(0)
            throw new Error('cut by the test')
          }
        },
      })
      const { client, db, simulator } = manager
      const { job } = await client.deploy('web', await client.createNetwork('n1'))
      expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
      const { id, linklocal } = await db.selectFrom('router').selectAll().executeTakeFirstOrThrow()
      cuts.push(step)
      expect(await client.ended(await client.change('router', id, { next_firmware: NEW }))).toMatchObject({
        jobstatus: 1,
      })
      expect(cuts).toEqual([])
      const row = await db.selectFrom('router').selectAll().executeTakeFirstOrThrow()
      expect(row).toMatchObject({ image: NEW, next_firmware: null, state: 'Running' })
      expect(new Set(simulator.patches(linklocal))).toEqual(new Set([NEW]))
      expect(simulator.offences()).toEqual([])
    },
  )
})
