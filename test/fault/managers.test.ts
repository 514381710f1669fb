import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../lab/until.ts'
import { caller } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { watchJobs } from './manager/ends.ts'
import type { ManagerProcess } from './manager/run.ts'
import { openScene } from './manager/scene.ts'
import { startStream } from './manager/stream.ts'

const HOSTS = ['local:?netns=h1', 'local:?netns=h2', 'local:?netns=h3']

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

type Scene = Awaited<ReturnType<typeof openScene>>

/** Hosts of managers that are up, and of none. */
const ownership = async (db: Kysely<Database>) => {
  const { rows } = await sql<{ manager: string | null; state: string | null; hosts: number }>`
    select manager.id as manager, manager.state, count(*)::int as hosts
    from host left join manager on manager.id = host.manager group by manager.id, manager.state`.execute(db)
  return rows
}

const upManagers = async (db: Kysely<Database>): Promise<string[]> =>
  (await db.selectFrom('manager').select('id').where('state', '=', 'Up').execute()).map(({ id }) => id)

const addressOf = (process: ManagerProcess): string => `127.0.0.1:${process.port}`

const idOf = async (db: Kysely<Database>, process: ManagerProcess): Promise<string> =>
  (
    await db
      .selectFrom('manager')
      .select('id')
      .where('address', '=', addressOf(process))
      .where('state', '=', 'Up')
      .executeTakeFirstOrThrow()
  ).id

/** Until `gone` is declared dead and every host has a manager that is up. Returns how long it took, in milliseconds. */
const takeover = async (db: Kysely<Database>, gone: string): Promise<number> => {
  const began = performance.now()
  await until('the hosts of a manager that is gone are taken over', async () => {
    const rows = await ownership(db)
    return rows.every(({ manager, state }) => state === 'Up' && manager !== gone)
  })
  return Math.round(performance.now() - began)
}

const guestRows = (db: Kysely<Database>) => db.selectFrom('guest').selectAll().orderBy('id').execute()

const evenly = (db: Kysely<Database>, each: readonly number[]) =>
  until('the hosts are shared out', async () => {
    const rows = await ownership(db)
    return (
      rows.every(({ state }) => state === 'Up') &&
      JSON.stringify(rows.map(({ hosts }) => hosts).sort()) === JSON.stringify(each)
    )
  })

const endsOf = async (db: Kysely<Database>) => {
  const { rows } = await sql<{ jobs: number; ends: number; failed: number }>`select
    (select count(*)::int from async_job) as jobs, (select count(*)::int from ended) as ends,
    (select count(*)::int from async_job where jobstatus <> 1) as failed`.execute(db)
  return rows[0]
}

/** Nothing is given out twice: addresses in a network, public addresses, MAC addresses, machines. */
const nothingTwice = async ({ db, simulator }: Scene): Promise<void> => {
  const { rows } = await sql<{ what: string }>`
    select 'address ' || address::text as what from nic where network is not null group by network, address having count(*) > 1
    union all select 'mac ' || mac::text from nic group by mac having count(*) > 1
    union all select 'public address ' || address::text from public_ip
      where network is not null group by address having count(*) > 1
    union all select 'network number ' || vni from network where vni is not null group by vni having count(*) > 1`.execute(
    db,
  )
  expect(rows).toEqual([])
  const machines = HOSTS.flatMap((host) => simulator.machines(host))
  const owners = await db.selectFrom('guest').select('id').unionAll(db.selectFrom('router').select('id')).execute()
  expect(machines.map(({ spec }) => spec.uuid).sort()).toEqual(owners.map(({ id }) => id).sort())
  expect(machines.filter(({ boots }) => boots !== 1).map(({ spec, boots }) => `${spec.name}: ${boots} boots`)).toEqual(
    [],
  )
  expect(simulator.offences()).toEqual([])
}

describe('managers that share a database', () => {
  it('share the hosts, and each answers every call', async () => {
    await using stage = await openScene(lab, { hosts: HOSTS })
    await watchJobs(stage.db)
    const first = await stage.run()
    await evenly(stage.db, [3])
    const others = [await stage.run(), await stage.run()]
    await evenly(stage.db, [1, 1, 1])
    const network = await stage.client.createNetwork('n1')
    const { id, job } = await stage.client.deploy('web', network)
    expect(await stage.client.ended(job)).toMatchObject({ jobstatus: 1 })
    for (const { port } of [first, ...others]) {
      const { status, body } = await caller({ port })('listVirtualMachines', { id })
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { count: 1, virtualmachine: [{ state: 'Running' }] },
      })
    }
    await others[0]?.stop()
    await others[1]?.stop()
    await evenly(stage.db, [3])
    expect(await upManagers(stage.db)).toEqual([await idOf(stage.db, first)])
  })
})

/** Steps in the middle of a deployment after each of which a paused manager would change a host, a router or a row. */
const steps = ['router.prepared', 'router.committed', 'guest.placed']

const pauseAt = async (step: string): Promise<void> => {
  await using stage = await openScene(lab, { hosts: HOSTS.slice(0, 1) })
  const { client, db, simulator } = stage
  await watchJobs(db)
  const paused = await stage.run(step, 'SIGSTOP')
  const id = await idOf(db, paused)
  const network = await client.createNetwork('n1')
  const guests = [await client.deploy('a', network), await client.deploy('b', network)]
  const other = await stage.run()
  const took = await takeover(db, id)
  for (const { job } of guests) expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
  const router = await db.selectFrom('router').selectAll().executeTakeFirstOrThrow()
  const before = {
    commits: simulator.commits(router.linklocal),
    rows: await guestRows(db),
  }
  paused.signal('SIGCONT')
  // Nobody killed it: it finds out and ends.
  expect(await paused.ended).toBeNull()
  expect(await upManagers(db)).toEqual([await idOf(db, other)])
  expect({
    commits: simulator.commits(router.linklocal),
    rows: await guestRows(db),
  }).toEqual(before)
  expect(await endsOf(db)).toEqual({ jobs: 2, ends: 2, failed: 0 })
  await nothingTwice(stage)
  console.log(`a manager paused at ${step} was replaced after ${took} ms`)
}

/** In the middle of a move, where a paused manager would put a disk over another one. */
const pauseInMove = async (): Promise<void> => {
  const hosts = HOSTS.slice(0, 2)
  await using stage = await openScene(lab, { hosts })
  const { client, db, simulator } = stage
  await watchJobs(db)
  const paused = await stage.run('guest.off', 'SIGSTOP')
  const gone = await idOf(db, paused)
  const { id, job } = await client.deploy('web', await client.createNetwork('n1'))
  expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
  const moved = await client.change('guest', id, { moving: true })
  const row = () => db.selectFrom('guest').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  await until('it is on its way', async () => (await row()).state === 'Migrating')
  await stage.run()
  await takeover(db, gone)
  expect(await client.ended(moved, 60_000)).toMatchObject({ jobstatus: 1 })
  const machines = () => hosts.flatMap((host) => simulator.machines(host)).filter(({ spec }) => spec.uuid === id)
  const before = { machines: machines(), row: await row() }
  expect(before).toMatchObject({ machines: [{ state: 'running', boots: 2 }], row: { state: 'Running', moving: false } })
  paused.signal('SIGCONT')
  expect(await paused.ended).toBeNull()
  expect({ machines: machines(), row: await row() }).toEqual(before)
  expect(await endsOf(db)).toEqual({ jobs: 2, ends: 2, failed: 0 })
  expect(simulator.offences()).toEqual([])
}

describe('a manager that was paused and wakes up after others took over', () => {
  // In one test: most of the time is the wait for the end of a lease.
  it('does no harm, wherever it was paused', { timeout: 300_000 }, async () => {
    await Promise.all([...steps.map(pauseAt), pauseInMove()])
  })
})

const idsFor = async (db: Kysely<Database>, zoneid: string) => {
  const offering = db.selectFrom('service_offering').select('id').where('issystem', '=', false)
  const template = db.selectFrom('template').select('id').where('kind', '=', 'guest')
  return {
    zoneid,
    serviceofferingid: (await offering.executeTakeFirstOrThrow()).id,
    templateid: (await template.executeTakeFirstOrThrow()).id,
  }
}

const ROUNDS = 2
const GUESTS = 40

describe('managers that are killed and paused under a stream of calls', () => {
  it('lose no job, do none twice, and give nothing out twice', { timeout: 600_000 }, async () => {
    await using stage = await openScene(lab, { hosts: HOSTS })
    const { client, cloud, db } = stage
    await watchJobs(db)
    const managers = [await stage.run(), await stage.run(), await stage.run()]
    await evenly(db, [1, 1, 1])
    const networks = [await client.createNetwork('n1'), await client.createNetwork('n2', '10.2.1.0/24', '10.2.1.1')]
    const stream = startStream(() => managers, await idsFor(db, cloud.zone), networks, GUESTS)
    for (let round = 1; round <= ROUNDS; round++) {
      const killed = managers.shift() as ManagerProcess
      const killedId = await idOf(db, killed)
      killed.signal('SIGKILL')
      const afterKill = await takeover(db, killedId)
      managers.push(await stage.run())
      const paused = managers.shift() as ManagerProcess
      const pausedId = await idOf(db, paused)
      paused.signal('SIGSTOP')
      // Its callers still try it.
      managers.push(paused)
      const afterPause = await takeover(db, pausedId)
      paused.signal('SIGCONT')
      expect(await paused.ended).toBeNull()
      managers[managers.indexOf(paused)] = await stage.run()
      console.log(
        `hosts of a killed manager were taken over after ${afterKill} ms, of a paused one after ${afterPause} ms`,
      )
    }
    await evenly(db, [1, 1, 1])
    await stream.end()
    for (const job of stream.jobs) expect(await client.ended(job, 60_000)).toMatchObject({ jobstatus: 1 })
    await until(
      'jobs whose callers heard nothing have ended too',
      async () => (await endsOf(db))?.ends === (await endsOf(db))?.jobs,
    )
    expect(stream.wrong).toEqual([])
    expect(stream.polls()).toBeGreaterThan(0)
    expect((await endsOf(db))?.failed).toBe(0)
    const guests = await db.selectFrom('guest').select('state').execute()
    expect(guests.filter(({ state }) => state !== 'Running')).toEqual([])
    expect(guests.length).toBeGreaterThanOrEqual(stream.jobs.length)
    await nothingTwice(stage)
    console.log(`${stream.jobs.length} jobs and ${stream.polls()} polls`)
  })
})
