import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Simulator } from '../simulator/index.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { watchJobs } from './manager/ends.ts'
import { openScene } from './manager/scene.ts'

const HOST = 'local:?netns=h1'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const endsOf = async (db: Kysely<Database>): Promise<string[]> => {
  const { rows } = await sql<{ job: string }>`select job::text from ended order by job`.execute(db)
  return rows.map(({ job }) => job)
}

/** What the database has given out, in numbers. */
const allocated = async (db: Kysely<Database>) => {
  const { rows } = await sql<Record<string, number>>`select
    (select count(*)::int from public_ip where network is not null) as "publicIps",
    (select count(vni)::int from network) as vnis,
    (select count(*)::int from router) as routers,
    (select count(*)::int from guest) as guests,
    (select count(*)::int from nic) as nics,
    (select count(distinct mac)::int from nic) as macs,
    (select count(*)::int from network_host) as bridges`.execute(db)
  return rows[0]
}

/** Each machine of the host belongs to one row and runs. */
const machinesWithOwners = async (db: Kysely<Database>, simulator: Simulator): Promise<number> => {
  const owners = await db.selectFrom('guest').select('id').unionAll(db.selectFrom('router').select('id')).execute()
  const machines = simulator.machines(HOST)
  const orphans = machines.filter(({ spec }) => !owners.some(({ id }) => id === spec.uuid))
  expect(orphans).toEqual([])
  return machines.filter(({ state }) => state === 'running').length
}

const scene = async () => {
  const stage = await openScene(lab)
  await watchJobs(stage.db)
  return stage
}

const done = { jobstatus: 1, jobresult: {} }

const resultOf = async (row: Promise<{ jobstatus: number; jobresult: unknown }>) => {
  const { jobstatus, jobresult } = await row
  return { jobstatus, jobresult }
}

const deploySteps = [
  'guest.nics',
  'network.vni',
  'network.router',
  'router.placed',
  'network.bridged',
  'router.prepared',
  'router.booted',
  'router.committed',
  'router.confirmed',
  'guest.placed',
  'guest.booted',
]

const removalSteps = ['guest.destroyed', 'router.destroyed', 'network.cleared']

describe('the manager is killed while it deploys', () => {
  it.each(deploySteps)('at %s', async (step) => {
    await using stage = await scene()
    const { client, db, simulator } = stage
    const doomed = await stage.run(step)
    const network = await client.createNetwork('n1')
    const guests = [await client.deploy('a', network), await client.deploy('b', network)]
    expect(await doomed.ended).toBe('SIGKILL')
    await stage.run()
    for (const { job } of guests) expect(await resultOf(client.ended(job))).toEqual(done)
    expect(await endsOf(db)).toEqual(guests.map(({ job }) => job).sort())
    expect(await allocated(db)).toEqual({ publicIps: 1, vnis: 1, routers: 1, guests: 2, nics: 5, macs: 5, bridges: 1 })
    expect(await machinesWithOwners(db, simulator)).toBe(3)
    expect(simulator.bridges(HOST).map(({ bridge }) => bridge)).toEqual(['brvx-5001', 'cloud0', 'cloudbr-public'])
    expect(simulator.offences()).toEqual([])
  })
})

describe('the manager is killed while it removes', () => {
  it.each(removalSteps)('at %s', async (step) => {
    await using stage = await scene()
    const { client, db, simulator } = stage
    const first = await stage.run()
    const network = await client.createNetwork('n1')
    const { id, job } = await client.deploy('a', network)
    expect(await resultOf(client.ended(job))).toEqual(done)
    await first.stop()
    const doomed = await stage.run(step)
    const expunged = await client.change('guest', id, { desired: 'Expunged' })
    const deleted = await client.change('network', network, { state: 'Destroy' })
    expect(await doomed.ended).toBe('SIGKILL')
    await stage.run()
    for (const removal of [expunged, deleted]) expect(await resultOf(client.ended(removal))).toEqual(done)
    expect(await endsOf(db)).toEqual([job, expunged, deleted].sort())
    expect(await allocated(db)).toEqual({ publicIps: 0, vnis: 0, routers: 0, guests: 0, nics: 0, macs: 0, bridges: 0 })
    expect(simulator.machines(HOST)).toEqual([])
    expect(simulator.bridges(HOST).map(({ bridge }) => bridge)).toEqual(['cloud0', 'cloudbr-public'])
  })
})
