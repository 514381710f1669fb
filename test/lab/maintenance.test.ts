import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const H1 = 'ssh://root@192.0.2.31:22'
const H2 = 'ssh://root@192.0.2.32:22'

const addHost = async (call: Call, url: string, more: Readonly<Record<string, string>> = {}) => {
  const [cluster] = await list(call, 'listClusters', 'cluster')
  const place = { zoneid: String(cluster?.zoneid), podid: String(cluster?.podid), clusterid: idOf(cluster) }
  const host = await run(call, 'addHost', { ...place, hypervisor: 'Container', url, ...more }, 'host')
  await hostUp(call, idOf(host))
  return idOf(host)
}

const hostUp = (call: Call, id: string) =>
  until('the host is Up', async () => (await list(call, 'listHosts', 'host', { id, state: 'Up' })).length === 1)

/** A guest and its router on the only host there is, and then a second host. */
const setUp = async (call: Call) => {
  const zone = await setUpZone(call, H1)
  const [host] = await list(call, 'listHosts', 'host')
  const first = idOf(host)
  await hostUp(call, first)
  const { zoneid } = zone
  const made = { zoneid, name: 'n1', networkofferingid: zone.isolated, gateway: '10.9.0.1', netmask: '255.255.255.0' }
  const networkids = idOf(await run(call, 'createNetwork', made, 'network'))
  const guest = await run(call, 'deployVirtualMachine', { ...zone.guest, networkids, name: 'web' }, 'virtualmachine')
  return { zone, first, network: networkids, guest: idOf(guest) }
}

const job = async (call: Call, command: string, params: Readonly<Record<string, string>>) => {
  const { status, body } = await call(command, params)
  expect({ command, status, body }).toMatchObject({ status: 200 })
  return until(`${command} ended`, async () => {
    const { body: answer } = await call('queryAsyncJobResult', { jobid: String(body.jobid) })
    return answer.jobstatus === 0 ? undefined : answer
  })
}

const names = (machines: readonly { readonly spec: { readonly name: string }; readonly state: string }[]) =>
  machines.map(({ spec, state }) => `${spec.name.slice(0, 1)} ${state}`)

describe('a host', () => {
  it('is emptied for maintenance, is given nothing meanwhile, stays so when it restarts, and is opened again', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, simulator } = cloud
    const { zone, first, network, guest } = await setUp(call)
    const second = await addHost(call, H2)
    const answer = await run(call, 'prepareHostForMaintenance', { id: first }, 'host')
    expect(answer).toMatchObject({ id: first, resourcestate: 'Maintenance', state: 'Up' })
    expect(names(simulator.machines(H1))).toEqual([])
    await until('both run elsewhere', async () => {
      const found = names(simulator.machines(H2)).toSorted()
      return found.length === 2 && found.every((name) => name.endsWith('running'))
    })
    await until('the guest runs', async () => {
      const found = await list(call, 'listVirtualMachines', 'virtualmachine', { id: guest })
      return found[0]?.state === 'Running'
    })
    expect(simulator.offences()).toEqual([])
    const [moved] = await list(call, 'listVirtualMachines', 'virtualmachine', { id: guest })
    expect(moved).toMatchObject({ state: 'Running', hostid: second })
    expect((await list(call, 'listRouters', 'router', { networkid: network }))[0]).toMatchObject({
      state: 'Running',
      hostid: second,
    })
    // The network's bridge went with them, and spans nothing.
    const bridges = (url: string) => simulator.bridges(url).filter(({ bridge }) => bridge.startsWith('brvx-'))
    await until('the old host lets go of the bridge', async () => bridges(H1).length === 0)
    expect(bridges(H2)).toMatchObject([{ isolation: { kind: 'bridge' } }])

    // What is new goes to the other host, although this one is emptier; so it does after a restart.
    const deploy = { ...zone.guest, networkids: network }
    expect(await run(call, 'deployVirtualMachine', { ...deploy, name: 'b' }, 'virtualmachine')).toMatchObject({
      hostid: second,
    })
    simulator.power(H1, false)
    await call('reconnectHost', { id: first })
    await until(
      'its fall is noticed',
      async () => (await list(call, 'listHosts', 'host', { state: 'Alert' })).length === 1,
    )
    simulator.power(H1, true)
    await hostUp(call, first)
    expect(await list(call, 'listHosts', 'host', { resourcestate: 'Maintenance' })).toMatchObject([{ id: first }])
    expect(await run(call, 'deployVirtualMachine', { ...deploy, name: 'c' }, 'virtualmachine')).toMatchObject({
      hostid: second,
    })
    const again = await call('prepareHostForMaintenance', { id: first })
    expect(again.body).toMatchObject({ errortext: expect.stringContaining('is in Maintenance') })

    expect(await run(call, 'cancelHostMaintenance', { id: first }, 'host')).toMatchObject({ resourcestate: 'Enabled' })
    expect(await run(call, 'deployVirtualMachine', { ...deploy, name: 'd' }, 'virtualmachine')).toMatchObject({
      hostid: first,
    })
  })

  it('keeps what cannot go and says so, and is emptied when asked again with room', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, simulator } = cloud
    const { first, guest } = await setUp(call)
    const failed = await job(call, 'prepareHostForMaintenance', { id: first })
    expect(failed).toMatchObject({
      jobstatus: 2,
      jobresult: {
        errortext: expect.stringMatching(/^The (guest web|router r-\d+-VM) cannot leave the host .*has room/),
      },
    })
    expect(await list(call, 'listHosts', 'host')).toMatchObject([{ state: 'Up', resourcestate: 'ErrorInMaintenance' }])
    expect(names(simulator.machines(H1)).toSorted()).toEqual(['i running', 'r running'])
    expect(await list(call, 'listVirtualMachines', 'virtualmachine', { id: guest })).toMatchObject([
      { state: 'Running', hostid: first },
    ])
    await addHost(call, H2)
    await run(call, 'prepareHostForMaintenance', { id: first })
    expect(names(simulator.machines(H1))).toEqual([])
  })

  it('keeps a stopped guest, which starts elsewhere with its disk', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, simulator } = cloud
    const { first, guest } = await setUp(call)
    const second = await addHost(call, H2)
    await run(call, 'stopVirtualMachine', { id: guest })
    await run(call, 'prepareHostForMaintenance', { id: first })
    expect(names(simulator.machines(H1))).toEqual(['i stopped'])
    expect(await run(call, 'startVirtualMachine', { id: guest }, 'virtualmachine')).toMatchObject({ hostid: second })
    expect(simulator.machines(H1)).toEqual([])
    // The same disk: it was started there, stopped, and started here.
    const own = simulator.machines(H2).find(({ spec }) => spec.uuid === guest)
    expect(own).toMatchObject({ state: 'running', boots: 2 })
  })

  it('is removed by force: its router is made anew elsewhere, guests are given up only when that is asked for', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, simulator, db } = cloud
    const { first, guest, network } = await setUp(call)
    const second = await addHost(call, H2)
    for (const forced of ['false', 'true'])
      expect(await call('deleteHost', { id: first, forced })).toMatchObject({
        status: 536,
        body: { errortext: expect.stringContaining('still has 1 guests and 1 routers') },
      })
    await run(call, 'deleteHost', { id: first, forced: 'true', forcedestroylocalstorage: 'true' })
    await until('the router runs elsewhere', async () => {
      const [router] = await list(call, 'listRouters', 'router', { networkid: network })
      return router?.state === 'Running' && router.hostid === second
    })
    await until('the guest is gone', async () => {
      const rows = await db.selectFrom('guest').select('id').where('id', '=', guest).execute()
      return rows.length === 0
    })
    expect(await list(call, 'listHosts', 'host')).toMatchObject([{ id: second }])
    expect(simulator.machines(H1)).toEqual([])
  })

  it('is not empty while it runs what rows say nothing of, or call an error', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, simulator, db } = cloud
    const { zone, first, guest } = await setUp(call)
    const second = await addHost(call, H2)
    const tiny = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: 'n2', gateway: '10.8.0.1' }
    const full = idOf(await run(call, 'createNetwork', { ...tiny, netmask: '255.255.255.248' }, 'network'))
    const filler = { ...zone.guest, networkids: full, name: 'only' }
    const [nic] = (await run(call, 'deployVirtualMachine', filler, 'virtualmachine')).nic as readonly { id: string }[]
    for (let taken = 0; taken < 4; taken++) await run(call, 'addIpToNic', { nicid: String(nic?.id) }, 'nicsecondaryip')
    // Somebody took the last address before this guest's nic had one: what is asked of it fails, and it runs on.
    await db.insertInto('nic').values({ guest, network: full, role: 'guest', device: 1 }).execute()
    const failed = await job(call, 'rebootVirtualMachine', { id: guest })
    expect(failed).toMatchObject({ jobstatus: 2, jobresult: { errortext: expect.stringContaining('no address left') } })
    const state = async () => (await list(call, 'listVirtualMachines', 'virtualmachine', { id: guest }))[0]?.state
    expect(await state()).toBe('Running')
    await db.deleteFrom('nic').where('guest', '=', guest).where('mac', 'is', null).execute()

    // As a manager left it that was cut before it could look.
    await db.updateTable('guest').set({ state: 'Error' }).where('id', '=', guest).execute()
    await run(call, 'prepareHostForMaintenance', { id: first })
    expect(names(simulator.machines(H1))).toEqual([])
    await until('it runs elsewhere', async () => (await state()) === 'Running')
    expect(await list(call, 'listVirtualMachines', 'virtualmachine', { id: guest })).toMatchObject([{ hostid: second }])

    await run(call, 'cancelHostMaintenance', { id: first })
    const stray = simulator.machines(H2).find(({ spec }) => spec.uuid === guest)?.spec
    const driver = simulator.hosts.open({ id: first, url: H1, driver: 'container', hostKey: null })
    await driver.ensureMachine({ ...stray, name: 'i-2-99-VM', uuid: first, nics: [] } as never)
    expect(await job(call, 'prepareHostForMaintenance', { id: first })).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('still runs i-2-99-VM') },
    })
  })

  it('that was removed by force while nobody reached it runs nothing once it is back, before it is used again', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, simulator, db } = cloud
    const { first, guest, network } = await setUp(call)
    const second = await addHost(call, H2)
    const before = simulator.machines(H1)
    expect(names(before).toSorted()).toEqual(['i running', 'r running'])
    simulator.reach(H1, false)
    await run(call, 'deleteHost', { id: first, forced: 'true', forcedestroylocalstorage: 'true' })
    await until('the router runs elsewhere, and the guest is gone', async () => {
      const [router] = await list(call, 'listRouters', 'router', { networkid: network })
      const guests = await db.selectFrom('guest').select('id').where('id', '=', guest).execute()
      return router?.state === 'Running' && router.hostid === second && guests.length === 0
    })
    expect(await list(call, 'listHosts', 'host')).toMatchObject([{ id: second }])
    expect(simulator.machines(H1)).toEqual(before)
    simulator.reach(H1, true)
    // Added again at once: whichever comes first, it is Up when nothing of before is left.
    const again = await addHost(call, H1)
    expect(again).not.toBe(first)
    expect(simulator.machines(H1)).toEqual([])
    expect(await db.selectFrom('former_host').selectAll().execute()).toEqual([])
    const [router] = await list(call, 'listRouters', 'router', { networkid: network })
    expect(router).toMatchObject({ state: 'Running', hostid: second })
    await run(call, 'migrateSystemVm', { virtualmachineid: String(router?.id), hostid: again }, 'systemvm')
    expect(names(simulator.machines(H1))).toEqual(['r running'])
    expect(simulator.offences()).toEqual([])
  })

  it('has tags that say what is placed there', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call } = cloud
    const { zone, first } = await setUp(call)
    const second = await addHost(call, H2, { hosttags: 'ssd,gold' })
    expect(await list(call, 'listHostTags', 'hosttag')).toMatchObject([{ name: 'gold' }, { name: 'ssd' }])
    expect(await run(call, 'updateHost', { id: first, hosttags: 'gold' }, 'host')).toMatchObject({ hosttags: 'gold' })
    expect(await list(call, 'listHosts', 'host', { id: second })).toMatchObject([{ hosttags: 'ssd,gold' }])
    expect(zone.zoneid).toEqual(expect.any(String))
    expect(await run(call, 'updateHost', { id: first, hosttags: '' }, 'host')).not.toHaveProperty('hosttags')
  })
})
