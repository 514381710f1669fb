import { defaultSettings } from '@sysvm/manager/orchestration/world'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestCluster, startSimulatedCloud } from '../simulator/manager.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const HOST = 'local:?netns=h1'

describe('a deployment', () => {
  it('ends with a guest whose router knows it', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { client, db, simulator } = manager
    const network = await client.createNetwork('n1')
    const { id, job } = await client.deploy('web', network)
    expect(await client.ended(job)).toMatchObject({ jobstatus: 1, jobresult: {} })
    const guest = await db.selectFrom('guest').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const router = await db.selectFrom('router').selectAll().where('network', '=', network).executeTakeFirstOrThrow()
    expect(guest).toMatchObject({ state: 'Running', reason: null })
    expect(router).toMatchObject({ state: 'Running', reason: null })
    expect(simulator.machines(HOST).map(({ spec }) => spec.name)).toEqual([
      `i-2-${guest.number}-VM`,
      `r-${router.number}-VM`,
    ])
    expect(simulator.agent(router.linklocal)?.spec).toMatchObject({
      generation: router.generation,
      services: { dhcp: { subnets: [{ reservations: [{ address: '10.1.1.2', hostname: 'web' }] }] } },
    })
    expect(simulator.bridges(HOST).map(({ bridge }) => bridge)).toEqual(['brvx-5001', 'cloud0', 'cloudbr-public'])
    expect(simulator.offences()).toEqual([])
  })

  it('is undone wholly', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { client, db, simulator } = manager
    const network = await client.createNetwork('n1')
    const { id, job } = await client.deploy('web', network)
    await client.ended(job)
    const expunged = await client.change('guest', id, { desired: 'Expunged' })
    expect(await client.ended(expunged)).toMatchObject({ jobstatus: 1 })
    const deleted = await client.change('network', network, { state: 'Destroy' })
    expect(await client.ended(deleted)).toMatchObject({ jobstatus: 1 })
    expect(simulator.machines(HOST)).toEqual([])
    expect(simulator.bridges(HOST).map(({ bridge }) => bridge)).toEqual(['cloud0', 'cloudbr-public'])
    for (const table of ['guest', 'nic', 'router', 'network', 'network_host', 'backoff'] as const)
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
    expect(await db.selectFrom('public_ip').select('id').where('network', 'is not', null).execute()).toEqual([])
  })

  it('spans two hosts by VXLAN', async () => {
    const hosts = ['local:?netns=h1', 'local:?netns=h2']
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder, { hosts, memoryMiB: 400 })
    const { client, simulator } = manager
    const network = await client.createNetwork('n1')
    const guests = await Promise.all(['a', 'b', 'c'].map((name) => client.deploy(name, network)))
    for (const { job } of guests) expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
    const isolations = hosts.map(
      (host) => simulator.bridges(host).find(({ bridge }) => bridge === 'brvx-5001')?.isolation,
    )
    expect(isolations).toEqual([
      { kind: 'vxlan', vni: 5001, local: '192.0.2.1', remotes: ['192.0.2.2'] },
      { kind: 'vxlan', vni: 5001, local: '192.0.2.2', remotes: ['192.0.2.1'] },
    ])
  })

  it('spans hosts without addresses of their own from those in their pod', async () => {
    const hosts = ['local:?netns=h1', 'local:?netns=h2']
    const addresses = { 'local:?netns=h1': ['10.0.0.1', '192.0.2.41'], 'local:?netns=h2': ['192.0.2.42'] }
    const options = { hosts, memoryMiB: 400, underlays: false, addresses }
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder, options)
    const { client, simulator } = manager
    const network = await client.createNetwork('n1')
    const guests = await Promise.all(['a', 'b', 'c'].map((name) => client.deploy(name, network)))
    for (const { job } of guests) expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
    expect(
      hosts.map((host) => simulator.bridges(host).find(({ bridge }) => bridge === 'brvx-5001')?.isolation),
    ).toEqual([
      { kind: 'vxlan', vni: 5001, local: '192.0.2.41', remotes: ['192.0.2.42'] },
      { kind: 'vxlan', vni: 5001, local: '192.0.2.42', remotes: ['192.0.2.41'] },
    ])
  })
})

describe('what cannot be', () => {
  it('fails the job when no host has room, and works when asked again with room', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder, { memoryMiB: 300 })
    const { client, db } = manager
    const network = await client.createNetwork('n1')
    await client.ended((await client.deploy('a', network)).job)
    const { id, job } = await client.deploy('b', network)
    expect(await client.ended(job)).toMatchObject({
      jobstatus: 2,
      jobresultcode: 533,
      jobresult: { errorcode: 533, errortext: expect.stringContaining('has room for 1 cpus and 128 MiB') },
    })
    expect(await db.selectFrom('guest').select('state').where('id', '=', id).executeTakeFirst()).toEqual({
      state: 'Error',
    })
    await db.updateTable('host').set({ memory_mib: 2000 }).execute()
    const again = await client.change('guest', id, { desired: 'Running' })
    expect(await client.ended(again)).toMatchObject({ jobstatus: 1 })
  })

  it('fails guests of a network that gets no public address', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder, { publicAddresses: 1 })
    const { client } = manager
    await client.ended((await client.deploy('a', await client.createNetwork('n1'))).job)
    const { job } = await client.deploy('b', await client.createNetwork('n2', '10.1.2.0/24', '10.1.2.1'))
    expect(await client.ended(job)).toMatchObject({
      jobresultcode: 533,
      jobresult: { errortext: expect.stringContaining('no public address left') },
    })
  })
})

describe('a burst of changes', () => {
  it('costs a few commits', async () => {
    const ended = Promise.withResolvers<void>()
    let bursts = false
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder, {
      settings: { commitSpacingMs: defaultSettings.commitSpacingMs },
      // The first of its commits takes as long as the burst, however fast this machine is.
      at: async (step) => {
        if (bursts && step === 'router.committed') await ended.promise
      },
    })
    const { client, db, simulator } = manager
    const network = await client.createNetwork('n1', '10.1.0.0/20', '10.1.0.1')
    await client.ended((await client.deploy('first', network)).job)
    const router = await db.selectFrom('router').selectAll().where('network', '=', network).executeTakeFirstOrThrow()
    const before = simulator.commits(router.linklocal).length
    // A guest's name in a stopped guest's row: something the router must learn, without a machine to boot.
    await sql`
      with made as (
        insert into guest (name, displayname, zone, offering, template, desired, state)
        select 'g' || n, '', zone, offering, template, 'Stopped', 'Stopped' from guest, generate_series(0, 999) n
        returning id, substr(name, 2)::int as n)
      insert into nic (guest, network, role, device, address, mac)
      select id, ${network}, 'guest', 0, '10.1.4.0'::inet + n, ('02:00:00:00:' || to_hex(n / 256) || ':' || to_hex(n % 256))::macaddr
      from made`.execute(db)
    bursts = true
    const lane = async (): Promise<void> => {
      for (let count = 0; count < 125; count++) await client.touch(network)
    }
    await Promise.all(Array.from({ length: 8 }, lane))
    ended.resolve()
    const wanted = await db.selectFrom('network').select('revision').where('id', '=', network).executeTakeFirstOrThrow()
    const held = await until('the router holds the last change', async () => {
      const row = await db.selectFrom('router').selectAll().where('id', '=', router.id).executeTakeFirstOrThrow()
      return row.revision >= wanted.revision && row
    })
    const spec = simulator.agent(held.linklocal)?.spec as {
      services: { dhcp: { subnets: [{ reservations: unknown[] }] } }
    }
    expect(spec.services.dhcp.subnets[0].reservations).toHaveLength(1001)
    expect(simulator.commits(router.linklocal).length - before).toBeLessThanOrEqual(5)
  })
})

describe('a router', () => {
  const deployed = async (manager: Awaited<ReturnType<typeof startSimulatedCloud>>) => {
    const network = await manager.client.createNetwork('n1')
    const { id } = await manager.client.deploy('web', network)
    const router = await until('the network is implemented', async () => {
      const row = await manager.db
        .selectFrom('network')
        .select('state')
        .where('id', '=', network)
        .executeTakeFirstOrThrow()
      const guest = await manager.db.selectFrom('guest').select('state').where('id', '=', id).executeTakeFirstOrThrow()
      if (row.state !== 'Implemented' || guest.state !== 'Running') return undefined
      return manager.db.selectFrom('router').selectAll().where('network', '=', network).executeTakeFirst()
    })
    return { network, guest: id, router }
  }

  it('holds an address that was taken while it booted, on a nic of its own', async () => {
    const world: { take?: () => Promise<void>; confirmed?: () => void } = {}
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder, {
      at: async (step) => {
        if (step === 'router.booted') await world.take?.()
        if (step === 'router.confirmed') world.confirmed?.()
      },
    })
    const { client, cloud, db, simulator } = manager
    const network = await client.createNetwork('n1')
    world.take = async () => {
      delete world.take
      const side = { zone: cloud.zone, name: 'p2', isolationmethods: 'VXLAN', vni_from: 6001, vni_to: 6002 }
      const physical = await db.insertInto('physical_network').values(side).returning('id').executeTakeFirstOrThrow()
      const range = {
        gateway: '198.51.100.1',
        netmask: '255.255.255.0',
        startip: '198.51.100.9',
        endip: '198.51.100.9',
      }
      const made = await db
        .insertInto('vlan_range')
        .values({ zone: cloud.zone, physical_network: physical.id, vlan: 'untagged', ...range })
        .returning('id')
        .executeTakeFirstOrThrow()
      const address = { range: made.id, address: '198.51.100.9', network, allocated: new Date() }
      await db.insertInto('public_ip').values(address).execute()
      await client.touch(network)
    }
    const first = new Promise<string>((resolve) => {
      world.confirmed = () => {
        const [machine] = simulator.machines(HOST).filter(({ spec }) => spec.boot !== undefined)
        resolve(JSON.stringify(simulator.agent(machine?.spec.boot?.control.split('/')[0] ?? '')?.spec))
      }
    })
    await client.ended((await client.deploy('web', network)).job)
    expect(await first).toContain('"198.51.100.9/24"')
  })

  it('reboots once when asked', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { router } = await deployed(manager)
    const job = await manager.client.change('router', router.id, { reboots_wanted: 1 })
    expect(await manager.client.ended(job)).toMatchObject({ jobstatus: 1 })
    const machine = manager.simulator.machines(HOST).find(({ spec }) => spec.uuid === router.id)
    expect(machine).toMatchObject({ state: 'running', boots: 2 })
  })

  it('is told everything again when its boot could not restore all of it', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { client, db, simulator } = manager
    const { network, router } = await deployed(manager)
    await client.touch(network)
    await until('the revision is held', async () => {
      const row = await db.selectFrom('router').selectAll().where('id', '=', router.id).executeTakeFirstOrThrow()
      return row.revision > router.revision
    })
    expect(simulator.agent(router.linklocal)?.confirmed).toBe(router.generation)
    simulator.failRestore(router.linklocal)
    await client.touch(network)
    await until('there is another generation', () => {
      return (simulator.agent(router.linklocal)?.confirmed ?? 0) > router.generation
    })
  })

  it('is shut down by its agent, and switched off only when that does not answer', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { client, simulator } = manager
    const { router } = await deployed(manager)
    const machine = () => simulator.machines(HOST).find(({ spec }) => spec.uuid === router.id)
    await client.ended(await client.change('router', router.id, { reboots_wanted: 1 }))
    await client.ended(await client.change('router', router.id, { desired: 'Stopped' }))
    expect(machine()).toMatchObject({ state: 'stopped', boots: 2 })
    expect(simulator.cuts()).toEqual([])
    await client.ended(await client.change('router', router.id, { desired: 'Running' }))
    simulator.mute(router.linklocal)
    expect(await client.ended(await client.change('router', router.id, { desired: 'Stopped' }))).toMatchObject({
      jobstatus: 1,
    })
    expect(machine()).toMatchObject({ state: 'stopped', boots: 3 })
    expect(simulator.cuts()).toEqual([machine()?.spec.name])
  })

  it('is replaced by a restart with cleanup, and by its own destruction', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { network, router } = await deployed(manager)
    const restarted = await manager.client.change('network', network, { restarts_wanted: 1 })
    expect(await manager.client.ended(restarted)).toMatchObject({ jobstatus: 1 })
    const second = await manager.db.selectFrom('router').selectAll().executeTakeFirstOrThrow()
    expect(second.id).not.toBe(router.id)
    expect(second.state).toBe('Running')
    await manager.client.ended(await manager.client.change('router', second.id, { desired: 'Destroyed' }))
    const third = await until('there is a new router', () =>
      manager.db
        .selectFrom('router')
        .selectAll()
        .where('state', '=', 'Running')
        .where('id', '<>', second.id)
        .executeTakeFirst(),
    )
    expect(manager.simulator.machines(HOST).filter(({ spec }) => spec.kind === 'system')).toHaveLength(1)
    expect(manager.simulator.agent(third.linklocal)?.confirmed).toBe(third.generation)
  })
})

describe('a host', () => {
  it('is Down while it does not answer, and gets its machines back', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { client, db, simulator, engine, cloud } = manager
    await client.ended((await client.deploy('web', await client.createNetwork('n1'))).job)
    simulator.power(HOST, false)
    await engine.jobs.wake(db, 'host', cloud.hosts[0] ?? '')
    const host = await until('the host is not up', () =>
      db.selectFrom('host').selectAll().where('state', '<>', 'Up').where('reason', 'is not', null).executeTakeFirst(),
    )
    expect(host).toMatchObject({ state: 'Alert', reason: `The host ${HOST} does not answer.` })
    simulator.power(HOST, true)
    await engine.jobs.wake(db, 'host', host.id)
    await until('both machines run again', () => simulator.machines(HOST).every(({ state }) => state === 'running'))
    await until('the rows say so', async () => {
      const routers = await db.selectFrom('router').select('state').execute()
      const guests = await db.selectFrom('guest').select('state').execute()
      return [...routers, ...guests].every(({ state }) => state === 'Running')
    })
  })
})

describe('jobs that ended', () => {
  it('are kept for a day', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { db } = manager
    const ended = (id: string, hours: number) => ({
      id,
      cmd: 'createZone',
      target_kind: 'none' as const,
      target: id,
      revision: 0,
      jobstatus: 1 as const,
      completed: new Date(Date.now() - hours * 3_600_000),
    })
    const [old, young] = ['8a4d3f0e-0000-4000-8000-000000000001', '8a4d3f0e-0000-4000-8000-000000000002']
    await db
      .insertInto('async_job')
      .values([ended(old, 25), ended(young, 23)])
      .execute()
    await until('the old one is gone', async () => {
      const rows = await db.selectFrom('async_job').select('id').execute()
      return rows.length === 1 && rows[0]?.id === young
    })
  })
})
