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

describe('a newer image', () => {
  const [OLD, NEW] = ['a'.repeat(64), 'c'.repeat(64)]

  it('is what a router is made of when it is asked for, or else it goes back to its old one', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, db, simulator } = cloud
    const { router, zone } = await setUp(call)
    const image = async () => (await list(call, 'listRouters', 'router', { id: router }))[0]
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
    expect(await image()).toMatchObject({ version: OLD.slice(0, 12), state: 'Running', requiresupgrade: true })

    const mended = 'd'.repeat(64)
    await db.updateTable('template').set({ image: mended }).where('kind', '=', 'system').execute()
    expect(await upgrade({ zoneid: zone.zoneid })).toMatchObject({ jobstatus: 1 })
    expect(await image()).toMatchObject({ version: mended.slice(0, 12), state: 'Running', requiresupgrade: false })
    // In place, by the command that clients know for it: on the same host.
    const patched = 'e'.repeat(64)
    const { hostid } = (await image()) ?? {}
    await db.updateTable('template').set({ image: patched }).where('kind', '=', 'system').execute()
    expect(await run(call, 'patchSystemVm', { id: router })).toMatchObject({ success: true })
    expect(await image()).toMatchObject({ version: patched.slice(0, 12), state: 'Running', hostid })
    expect(simulator.offences()).toEqual([])
  })
})
