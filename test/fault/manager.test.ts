import type { Database } from '@sysvm/manager/model'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../lab/until.ts'
import { caller } from '../simulator/api.ts'
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
    (select count(*)::int from public_ip where coalesce(network, vpc) is not null) as "publicIps",
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

const person = (username: string) => ({
  ...{ username, firstname: 'A', lastname: 'B', email: 'a@example.net', password: 'correct horse' },
})

/** In the order in which the removal of a domain comes to them. */
const domainSteps = ['removal.shut', 'guest.destroyed', 'router.destroyed', 'network.cleared'].concat([
  'removal.cleared',
  'removal.emptied',
  'removal.left',
  'removal.deleted',
])

describe('one manager after the other is killed while they remove a domain with an account and a project', () => {
  it('at each step, and the last leaves nothing over', async () => {
    await using stage = await scene()
    const { client, db, simulator, cloud } = stage
    const [shut = '', ...later] = domainSteps
    const first = await stage.run(shut)
    const call = caller(first)
    const made = async (command: string, params: Readonly<Record<string, string>>) => {
      const { status, body } = await call(command, params)
      expect([status, body.errortext]).toEqual([200, undefined])
      if (typeof body.jobid === 'string') await client.ended(body.jobid, 60_000)
      return body
    }
    const uuidOf = (body: unknown): string => /"id":"([0-9a-f-]{36})"/.exec(JSON.stringify(body))?.[1] ?? ''
    const domainid = uuidOf(await made('createDomain', { name: 'd1' }))
    await made('createAccount', { ...person('sam'), domainid })
    const projectid = uuidOf(await made('createProject', { name: 'p1', domainid, account: 'sam' }))
    const ids = async (table: 'service_offering' | 'template', by: RawBuilder<boolean>) =>
      (await db.selectFrom(table).select('id').where(by).executeTakeFirstOrThrow()).id
    const guest = {
      zoneid: cloud.zone,
      serviceofferingid: await ids('service_offering', sql`not issystem`),
      templateid: await ids('template', sql`kind = 'guest'`),
    }
    const owners: Readonly<Record<string, string>>[] = [{ account: 'sam', domainid }, { projectid }]
    for (const owner of owners) {
      const networkids = await client.createNetwork('n')
      await sql`update network set account = (select id from account where ${
        owner.projectid === undefined ? sql`name = 'sam'` : sql`id = (select account from project)`
      }) where id = ${networkids}`.execute(db)
      await made('deployVirtualMachine', { ...guest, networkids, name: 'web', ...owner })
      await made('createSSHKeyPair', { name: 'key', ...owner })
    }
    expect(await machinesWithOwners(db, simulator)).toBe(4)
    // It may be dead before it answers.
    await call('deleteDomain', { id: domainid, cleanup: 'true' }).catch(() => {})
    expect(await first.ended).toBe('SIGKILL')
    const removal = await db
      .selectFrom('async_job')
      .select('id')
      .where('cmd', '=', 'deleteDomain')
      .executeTakeFirstOrThrow()
    for (const step of later) {
      const doomed = await stage.run(step)
      expect([step, await doomed.ended]).toEqual([step, 'SIGKILL'])
    }
    await stage.run()
    expect(await resultOf(client.ended(removal.id))).toEqual(done)
    expect(new Set(await endsOf(db)).size).toBe((await endsOf(db)).length)
    const { rows } = await sql`select 'domain' as left from domain where id = ${domainid}
      union all select 'account ' || name from account where domain = ${domainid}
      union all select 'project ' || name from project union all select 'removal ' || kind from removal
      union all select 'job ' || cmd from async_job where jobstatus <> 1
      union all select 'key ' || name from ssh_keypair`.execute(db)
    expect(rows).toEqual([])
    expect(await allocated(db)).toEqual({ publicIps: 0, vnis: 0, routers: 0, guests: 0, nics: 0, macs: 0, bridges: 0 })
    expect(simulator.machines(HOST)).toEqual([])
    expect(simulator.offences()).toEqual([])
  })
})

const NEWER = 'c'.repeat(64)

/** A guest in a network, or in a tier of a VPC; one manager after the other dies at its step of `fatal`, and another goes on. */
const succession = async (kind: 'network' | 'vpc', fatal: readonly string[]) => {
  const stage = await scene()
  const { client, db, simulator } = stage
  const deaths: string[] = []
  let over = false
  const reign = async (): Promise<void> => {
    for (const step of fatal) {
      if (over) return
      if ((await (await stage.run(step)).ended) === 'SIGKILL') deaths.push(step)
    }
    if (!over) await stage.run()
  }
  const reigns = reign()
  const jobs: string[] = []
  const ended = (job: string) => {
    jobs.push(job)
    return client.ended(job, 60_000)
  }
  const made = kind === 'vpc' ? await client.createVpc('v1') : undefined
  if (made) expect(await resultOf(ended(made.job))).toEqual(done)
  const tier = ['10.0.1.0/24', '10.0.1.1', made?.id] as const
  const network = await (made ? client.createNetwork('n1', ...tier) : client.createNetwork('n1'))
  expect(await resultOf(ended((await client.deploy('a', network)).job))).toEqual(done)
  const scope = made?.id ?? network
  const readScope = () =>
    db.selectFrom(kind).select(['renews', 'revision']).where('id', '=', scope).executeTakeFirstOrThrow()
  /** The scope has so many routers, which know all, and what it had for another one is nobody's any more. */
  const settled = (count: number) =>
    until(
      `${count} routers are left`,
      async () => {
        const { rows: link } = await sql`select vpc from vpc_link union all select vpc from vpc_link_host`.execute(db)
        const { renews, revision } = await readScope()
        const routers = await db.selectFrom('router').selectAll().where(kind, '=', scope).orderBy('rank').execute()
        const known = routers.every((one) => one.state === 'Running' && one.revision >= revision && one.reason === null)
        const roles = routers.map(({ redundant_state }) => redundant_state).sort()
        const ready = known && (count === 1 || roles.join() === 'BACKUP,PRIMARY')
        if (routers.length === count && ready && link.length === 0 && renews === null) return routers
        throw new Error(JSON.stringify({ link, renews, revision, routers }))
      },
      { timeoutMs: 60_000 },
    )
  return {
    ...stage,
    settled,
    /** Asks for a change, by the end of which so many are dead; how it ended. */
    change: async (set: Record<string, unknown>, dead: number) => {
      const command = kind === 'vpc' ? 'restartVPC' : 'restartNetwork'
      const { jobstatus, jobresult } = await ended(await client.change(kind, scope, set, command))
      await until(`${dead} are dead`, async () => deaths.length >= dead)
      expect(deaths).toEqual(fatal.slice(0, dead))
      return { jobstatus, jobresult }
    },
    /** What there is in the end, and that each job ended once. */
    check: async (count: number) => {
      await settled(count)
      await reigns
      expect(deaths).toEqual(fatal)
      expect(await endsOf(db)).toEqual(jobs.toSorted())
      const nics = 1 + 3 * count
      const counts = { publicIps: 1, vnis: 1, routers: count, guests: 1, nics, macs: nics, bridges: 1 }
      expect(await allocated(db)).toEqual(counts)
      expect(await machinesWithOwners(db, simulator)).toBe(1 + count)
      expect(simulator.bridges(HOST).map(({ bridge }) => bridge)).toEqual(['brvx-5001', 'cloud0', 'cloudbr-public'])
      expect(simulator.offences()).toEqual([])
    },
    [Symbol.asyncDispose]: async () => {
      over = true
      await stage[Symbol.asyncDispose]()
    },
  }
}

/** The one router is replaced by way of a second one, and then refuses to be one of two. */
const renew = async (stage: Awaited<ReturnType<typeof succession>>, dead: number): Promise<void> => {
  const { simulator, change, settled } = stage
  const [old] = await settled(1)
  expect(await change({ restarts_wanted: 1 }, dead - 1)).toEqual(done)
  const [fresh] = await settled(1)
  expect(fresh?.id).not.toBe(old?.id)
  simulator.refuse(fresh?.linklocal ?? '', 'redundancy')
  expect(await change({ restarts_wanted: 2 }, dead)).toMatchObject({ jobstatus: 2 })
  expect((await settled(1)).map(({ id }) => id)).toEqual([fresh?.id])
  simulator.refuse(fresh?.linklocal ?? '', undefined)
}

describe('one manager after the other is killed while routers are made anew', () => {
  it('the one of a VPC by way of a second', async () => {
    const fatal = ['vpc.renewal', 'vpc.renewed', 'router.unplugged', 'vpc.renewal.failed']
    await using stage = await succession('vpc', fatal)
    await renew(stage, fatal.length)
    await stage.check(1)
  })

  it('that of a network, which gets a second, and both of them newer firmware', async () => {
    const second = ['network.router', 'router.remade', 'router.firmware.sent', 'router.firmware.confirmed']
    const fatal = ['network.renewal', 'router.destroyed', 'network.renewal.failed', ...second]
    await using stage = await succession('network', fatal)
    const { db, simulator, change, settled, check } = stage
    await renew(stage, 3)
    expect(await change({ restarts_wanted: 3, redundant: true }, 5)).toEqual(done)
    await settled(2)
    await db.updateTable('router').set({ next_firmware: NEWER }).execute()
    expect(await change({ revision: sql`revision + 1` }, 7)).toEqual(done)
    for (const { image, next_firmware, linklocal } of await settled(2)) {
      expect({ image, next_firmware }).toEqual({ image: NEWER, next_firmware: null })
      expect(new Set(simulator.patches(linklocal))).toEqual(new Set([NEWER]))
    }
    await check(2)
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
