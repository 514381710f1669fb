import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const ZONE = { networktype: 'Advanced', dns1: '192.0.2.53', internaldns1: '192.0.2.53' }

describe('events', () => {
  it('tell who did what when and how it ended, of jobs and of what is done at once', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
    const { call } = cloud
    const zone = await setUpZone(call, 'local:?netns=ev-h1')
    const events = (params: Readonly<Record<string, string>>) => list(call, 'listEvents', 'event', params)

    expect(await events({ resourceid: zone.zoneid, resourcetype: 'Zone' })).toMatchObject([
      { type: 'ZONE.EDIT', level: 'INFO', state: 'Completed', description: 'update zone z1: done', resourcename: 'z1' },
      { type: 'ZONE.CREATE', username: 'admin', account: 'admin', domainpath: 'ROOT', archived: false },
    ])

    const network = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: 'n1' }
    const networkids = idOf(await run(call, 'createNetwork', network, 'network'))
    const id = idOf(
      await run(call, 'deployVirtualMachine', { ...zone.guest, networkids, name: 'web' }, 'virtualmachine'),
    )
    const guest = { resourceid: id, resourcetype: 'VirtualMachine' }
    const jobid = idOf((await events(guest))[2])
    expect((await call('queryAsyncJobResult', { jobid })).body).toMatchObject({ jobid, jobstatus: 1 })
    await run(call, 'stopVirtualMachine', { id })
    expect(await events(guest)).toMatchObject([
      { type: 'VM.STOP', state: 'Completed', level: 'INFO', description: 'stop virtual machine web: done' },
      { type: 'VM.STOP', state: 'Started', description: 'stop virtual machine web: started' },
      { type: 'VM.STOP', state: 'Scheduled', description: 'stop virtual machine web: scheduled' },
      { type: 'VM.CREATE', state: 'Completed', parentid: jobid, username: 'admin' },
      { type: 'VM.CREATE', state: 'Started', parentid: jobid, username: 'admin' },
      { type: 'VM.CREATE', state: 'Scheduled', id: jobid, resourcename: 'web' },
    ])
    expect(await events({ startid: jobid })).toHaveLength(3)
    expect(await events({ type: 'vm.stop', state: 'completed', keyword: 'WEB', level: 'info' })).toHaveLength(1)
    // Words too short for an index are found in type, level and description alike.
    for (const [keyword, count] of [
      ['vm', 6],
      ['V', 6],
      ['eb', 6],
      ['I', 6],
      ['%', 0],
    ] as const)
      expect([keyword, await events({ ...guest, keyword })]).toEqual([
        keyword,
        expect.objectContaining({ length: count }),
      ])
    expect(await events({ entrytime: '600', duration: '0' })).toEqual([])

    // An expunged guest is gone; what it was called and whose it was is not.
    await run(call, 'destroyVirtualMachine', { id, expunge: 'true' })
    expect((await events(guest))[0]).toMatchObject({ state: 'Completed', resourcename: 'web', account: 'admin' })
  })

  it('come with the change they tell of, or not at all', async () => {
    await using api = await startApi(lab.cluster)
    const { call, db } = api
    const count = async () =>
      Number((await db.selectFrom('event').select(sql`count(*)`.as('n')).executeTakeFirstOrThrow()).n)

    const zoneid = idOf(await run(call, 'createZone', { ...ZONE, name: 'z1' }, 'zone'))
    expect(await count()).toBe(1)
    // What was asked wrongly is no news.
    expect((await call('createZone', { ...ZONE, name: 'z1' })).status).toBe(431)
    expect((await call('deleteZone', { id: crypto.randomUUID() })).status).toBe(431)
    expect(await count()).toBe(1)
    // What could not be done is.
    const pod = { zoneid, name: 'p', gateway: '192.0.2.1', netmask: '255.255.255.0', startip: '192.0.2.10' }
    await run(call, 'createPod', pod, 'pod')
    const refused = await call('deleteZone', { id: zoneid })
    expect(refused.status).toBe(536)
    expect(await list(call, 'listEvents', 'event', { level: 'ERROR' })).toMatchObject([
      {
        ...{ type: 'ZONE.DELETE', level: 'ERROR', state: 'Completed', resourceid: zoneid },
        description: `delete zone z1: failed: ${refused.body.errortext}`,
      },
    ])

    // A change whose transaction is undone leaves none; neither does one whose event cannot be written.
    const before = await count()
    await sql`alter table event add constraint none check (type <> 'ZONE.EDIT')`.execute(db)
    expect((await call('updateZone', { id: zoneid, name: 'z2' })).status).not.toBe(200)
    expect(await list(call, 'listZones', 'zone')).toMatchObject([{ name: 'z1' }])
    await sql`alter table event drop constraint none`.execute(db)
    expect(await count()).toBe(before)
  })

  it('are put aside, deleted, and forgotten with time', async () => {
    await using api = await startApi(lab.cluster)
    const { call, db } = api
    for (const name of ['z1', 'z2', 'z3']) await run(call, 'createZone', { ...ZONE, name }, 'zone')
    const events = (params: Readonly<Record<string, string>> = {}) => list(call, 'listEvents', 'event', params)
    const [newest, middle, oldest] = await events()
    expect([newest, middle, oldest].map((event) => event?.resourcename)).toEqual(['z3', 'z2', 'z1'])

    await run(call, 'archiveEvents', { ids: idOf(oldest) })
    expect((await events({ type: 'ZONE.CREATE' })).map(idOf)).toEqual([idOf(newest), idOf(middle)])
    expect(await events({ archived: 'true' })).toMatchObject([{ id: oldest?.id, archived: true }])
    expect(await events({ id: idOf(oldest) })).toHaveLength(1)

    expect((await call('deleteEvents')).status).toBe(431)
    expect((await call('deleteEvents', { ids: `${idOf(middle)},${crypto.randomUUID()}` })).status).toBe(431)
    expect(await events({ id: idOf(middle) })).toHaveLength(1)
    await run(call, 'deleteEvents', { ids: idOf(middle) })
    expect((await events({ type: 'ZONE.CREATE' })).map(idOf)).toEqual([idOf(newest)])
    const types = await list(call, 'listEventTypes', 'eventtype')
    expect(types.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['VM.CREATE', 'NETWORK.OFFERING.EDIT', 'HOST.STATE']),
    )
    await db.updateTable('event').set({ created: sql`now() - interval '1 day'` }).execute()
    await run(call, 'deleteEvents', { enddate: new Date().toISOString().slice(0, 10) })
    expect((await events()).map(({ type }) => type)).toEqual(['EVENT.DELETE'])
  })
})
