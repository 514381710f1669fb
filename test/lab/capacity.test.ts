import { watchCapacity } from '@sysvm/manager/orchestration/record/capacity'
import { keepRecord } from '@sysvm/manager/orchestration/record/index'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const GIB = 1024 ** 3

/** A zone with one host of 8 processors and 4 GiB that nobody tends. */
const openZone = async () => {
  const api = await startApi(lab.cluster, {
    inspectHost: async () => ({ facts: { name: 'h1', cpus: 8, memoryMiB: 4096 } }),
  })
  const zone = await setUpZone(api.call, 'local:?netns=cap-h1')
  const { id: host, cluster } = await api.db.selectFrom('host').select(['id', 'cluster']).executeTakeFirstOrThrow()
  await api.db.updateTable('host').set({ state: 'Up', cpus: 8, memory_mib: 4096 }).execute()
  /** Guests as their reconciler would leave them: running, on the host. */
  const place = async (guests: number, custom_memory: number) => {
    for (let index = 0; index < guests; index++)
      await api.db
        .insertInto('guest')
        .values({
          ...{ name: `g${index}`, displayname: '', zone: zone.zoneid, offering: zone.guest.serviceofferingid },
          ...{ template: zone.guest.templateid, host, state: 'Running', custom_memory, custom_cpunumber: 2 },
        })
        .execute()
  }
  return { ...api, zone, host, cluster, place }
}

describe('capacity', () => {
  it('is what there is and what of it is used, of zones, pods and clusters', async () => {
    await using cloud = await openZone()
    const { call, zone, cluster, place } = cloud
    const capacity = (params: Readonly<Record<string, string>> = {}) => list(call, 'listCapacity', 'capacity', params)
    await place(2, 1024)
    const rows = await capacity({ zoneid: zone.zoneid, fetchlatest: 'true' })
    const figures = rows.map(({ type, name, capacityused, capacitytotal, percentused }) => [
      ...[type, name, capacityused, capacitytotal, percentused],
    ])
    expect(figures).toEqual([
      [0, 'MEMORY', 2 * GIB, 4 * GIB, '50.00'],
      [1, 'CPU', 4000, 32_000, '12.50'],
      [2, 'STORAGE', 0, 0, '0.00'],
      [4, 'VIRTUAL_NETWORK_PUBLIC_IP', 0, 4, '0.00'],
      [5, 'PRIVATE_IP', 0, 1, '0.00'],
      [6, 'SECONDARY_STORAGE', 0, 0, '0.00'],
      [7, 'VLAN', 0, 100, '0.00'],
      [8, 'DIRECT_ATTACHED_PUBLIC_IP', 0, 0, '0.00'],
      [90, 'CPU_CORE', 4, 32, '12.50'],
    ])
    expect(rows[0]).toMatchObject({ zoneid: zone.zoneid, zonename: 'z1' })
    const [fullest, ...others] = await capacity({ zoneid: zone.zoneid, sortby: 'usage' })
    expect(fullest).toMatchObject({ type: 0, podname: 'pod1', percentused: '50.00' })
    expect(others.map(({ type }) => type)).not.toContain(7)
    expect(await capacity({ clusterid: cluster, type: '0' })).toMatchObject([
      { clustername: 'c1', capacityused: 2 * GIB },
    ])
    expect((await call('listCapacity', { zoneid: crypto.randomUUID() })).status).toBe(431)
  })

  it('is in the lists with measures, which are otherwise those without', async () => {
    await using cloud = await openZone()
    const { call, zone, place } = cloud
    await place(2, 1024)
    const pool = { name: 'p', url: 'nfs://192.0.2.9/e', scope: 'ZONE', hypervisor: 'Container' }
    await run(call, 'createStoragePool', { zoneid: zone.zoneid, ...pool, capacitybytes: String(2 * GIB) })
    const promised = { state: 'Enabled', cpuallocated: '12.50%', memorytotal: '4.00 GB', memoryallocated: '50.00%' }
    const measures: readonly (readonly [command: string, object: string, more: Record<string, unknown>])[] = [
      ['listZones', 'zone', { ...promised, clusters: '1 / 1' }],
      ['listClusters', 'cluster', { ...promised, hosts: '1 / 1' }],
      [
        'listHosts',
        'host',
        { instances: '2 / 2', systeminstances: '0 / 0', memorytotalgb: '4.00 GB', memoryallocatedgb: '2.00 GB' },
      ],
      ['listStoragePools', 'storagepool', { disksizetotalgb: '2.00 GB' }],
      [
        'listVirtualMachines',
        'virtualmachine',
        { cputotal: '2.0 Ghz', memorytotal: '1.00 GB', networkread: '0.00 MB', networkwrite: '0.00 MB' },
      ],
    ]
    const asked: Readonly<Record<string, readonly Record<string, string>[]>> = {
      storagepool: [{ scope: 'ZONE' }],
      zone: [{}, { showcapacities: 'true' }],
      cluster: [{}, { showcapacities: 'true' }],
    }
    const calls = measures.flatMap((measure) => (asked[measure[1]] ?? [{}]).map((only) => [only, ...measure] as const))
    for (const [only, command, object, more] of calls) {
      const plain = await call(command, only)
      const rich = await call(`${command}Metrics`, { ...only, page: '1', pagesize: '20' })
      const items = plain.body[object] as readonly Body[]
      expect({ command, body: rich.body }).toEqual({
        command,
        body: { count: plain.body.count, [object]: items.map((item) => ({ ...item, ...more })) },
      })
    }
    expect((await call('listManagementServersMetrics', { system: 'true' })).body).toEqual({})
    expect((await call('listInfrastructure')).body).toEqual({
      infrastructure: {
        ...{ zones: 1, pods: 1, clusters: 1, hosts: 1, storagepools: 2, imagestores: 0, systemvms: 0, routers: 0 },
        ...{ ilbvms: 0, managementservers: 0, alerts: 0 },
      },
    })
    expect((await call('listDbMetrics')).body.dbMetrics).toMatchObject({
      ...{ version: expect.stringMatching(/^\d+/), connections: expect.any(Number), uptime: expect.any(Number) },
    })
  })

  it('raises an alert once when little is left, by the threshold of the place, and resolves it', async () => {
    await using cloud = await openZone()
    const { call, db, zone, cluster, place } = cloud
    const alerts = (type: string) => list(call, 'listAlerts', 'alert', { type })
    await place(3, 1024)
    await watchCapacity(db)
    // Three quarters are not above three quarters.
    expect(await alerts('0')).toEqual([])
    const key = 'cluster.memory.allocated.capacity.notificationthreshold'
    await run(call, 'updateConfiguration', { name: key, value: '0.5', clusterid: cluster })
    expect(await list(call, 'listConfigurations', 'configuration', { clusterid: cluster, name: key })).toMatchObject([
      { name: key, value: '0.5', defaultvalue: '0.75', scope: 'Cluster' },
    ])
    expect(await list(call, 'listConfigurations', 'configuration', { name: key })).toMatchObject([
      { value: '0.75', scope: 'Global,Cluster' },
    ])
    await watchCapacity(db)
    await watchCapacity(db)
    expect(await alerts('ALERT.MEMORY')).toMatchObject([
      {
        type: 0,
        name: 'Cluster c1: most memory are used',
        description: expect.stringContaining('75.00%, above 50.00%'),
      },
    ])
    await run(call, 'resetConfiguration', { name: key, clusterid: cluster })
    await watchCapacity(db)
    expect(await alerts('0')).toMatchObject([{ resolved: expect.any(String) }])

    await db.updateTable('public_ip').set({ reserved: true }).execute()
    // Once in its period, whoever looks.
    await Promise.all([keepRecord(db), keepRecord(db)])
    expect((await alerts('4')).map(({ name }) => name).sort()).toEqual([
      'Zone z1: most public addresses are used',
      'Zone z1: no public addresses are left',
    ])
    await db.updateTable('public_ip').set({ reserved: false }).execute()
    await keepRecord(db)
    expect((await alerts('4')).filter(({ resolved }) => resolved !== undefined)).toEqual([])
    await run(call, 'updateConfiguration', { name: 'capacity.check.period', value: '1000' })
    await sql`update record_task set done = now() - interval '2 seconds'`.execute(db)
    await keepRecord(db)
    expect((await alerts('4')).filter(({ resolved }) => resolved === undefined)).toEqual([])
    expect(zone.zoneid).toBeDefined()
  })
})

describe('alerts', () => {
  it('tell of a host that is down until it is up, once, with an event for each change', async () => {
    await using cloud = await openZone()
    const { call, db, host } = cloud
    const set = (values: { state: 'Up' | 'Down' | 'Alert'; reason?: string }) =>
      db.updateTable('host').set(values).where('id', '=', host).execute()
    await set({ state: 'Alert', reason: 'no route to it' })
    await set({ state: 'Down' })
    expect(await list(call, 'listAlerts', 'alert', { type: '7' })).toMatchObject([
      { type: 7, name: 'Host h1 is Alert', description: 'no route to it' },
    ])
    await set({ state: 'Up' })
    const [alert] = await list(call, 'listAlerts', 'alert', { keyword: 'h1' })
    expect(alert).toMatchObject({ resolved: expect.any(String) })
    const events = await list(call, 'listEvents', 'event', {
      type: 'HOST.STATE',
      resourceid: host,
      resourcetype: 'Host',
    })
    expect(events.slice(0, 3).map(({ level, username }) => [level, username])).toEqual([
      ['INFO', 'system'],
      ['ERROR', 'system'],
      ['WARN', 'system'],
    ])
    await set({ state: 'Down' })
    await run(call, 'archiveAlerts', { ids: idOf(alert) })
    expect(await list(call, 'listAlerts', 'alert', { type: '7' })).toMatchObject([{ name: 'Host h1 is Down' }])
    // With the host goes what was the matter with it.
    await db.deleteFrom('host').where('id', '=', host).execute()
    expect(await list(call, 'listAlerts', 'alert', { type: '7' })).toMatchObject([{ resolved: expect.any(String) }])
  })

  it('tell of what fails again and again, of a manager that is lost, and of what somebody else found', async () => {
    await using cloud = await openZone()
    const { call, db, place } = cloud
    await place(1, 128)
    const { id } = await db.selectFrom('guest').select('id').executeTakeFirstOrThrow()
    await db.updateTable('guest').set({ reason: 'its disk is gone' }).execute()
    const alerts = (type: string) => list(call, 'listAlerts', 'alert', { type })
    const fail = (failures: number) =>
      sql`insert into backoff (kind, target, failures, retry_at, code) values ('guest', ${id}, ${failures}, now(), 'X')
        on conflict (kind, target) do update set failures = excluded.failures`.execute(db)
    await fail(1)
    await fail(2)
    expect(await alerts('8')).toEqual([])
    for (const failures of [3, 4, 5]) await fail(failures)
    expect(await alerts('8')).toMatchObject([
      { name: 'Virtual machine g0 is not as it should be', description: 'its disk is gone' },
    ])
    await sql`delete from backoff`.execute(db)
    expect(await alerts('8')).toMatchObject([{ resolved: expect.any(String) }])

    const manager = {
      id: crypto.randomUUID(),
      name: 'm1',
      address: '192.0.2.9:8096',
      version: '1',
      epoch: '1',
      process: '1',
    }
    await db.insertInto('manager').values(manager).execute()
    await db.updateTable('manager').set({ state: 'Down', stopped: sql`now()` }).where('id', '=', manager.id).execute()
    expect(await alerts('ALERT.MANAGEMENT.NODE')).toMatchObject([{ name: 'Management server m1 is lost' }])
    await db
      .insertInto('manager')
      .values({ ...manager, id: crypto.randomUUID() })
      .execute()
    expect(await alerts('14')).toMatchObject([{ resolved: expect.any(String) }])
    expect(
      (await list(call, 'listEvents', 'event', { type: 'MANAGEMENT.SERVER.STATE' })).map(({ level }) => level),
    ).toEqual([...['INFO', 'ERROR', 'INFO']])

    await run(call, 'generateAlert', { type: '2', name: 'disk', description: 'smartd says so' })
    await run(call, 'generateAlert', { type: '2', name: 'disk', description: 'smartd says so' })
    expect(await alerts('2')).toHaveLength(2)
    await run(call, 'deleteAlerts', { type: '2' })
    expect(await alerts('2')).toEqual([])
    expect((await list(call, 'listAlertTypes', 'alerttype')).map(({ name }) => name)).toContain('ALERT.HOST')
  })
})
