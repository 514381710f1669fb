import { commands } from '@sysvm/manager/api/commands'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const tag = (key: string, value: string, index = 0) => ({
  [`tags[${index}].key`]: key,
  [`tags[${index}].value`]: value,
})

describe('tags', () => {
  it('are on what they were given to, in its answers and filters, and go with it', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
    const { call, db } = cloud
    const zone = await setUpZone(call, 'local:?netns=tag-h1')
    const network = { zoneid: zone.zoneid, networkofferingid: zone.isolated }
    const networkids = idOf(await run(call, 'createNetwork', { ...network, name: 'n1' }, 'network'))
    const deploy = async (name: string) =>
      idOf(await run(call, 'deployVirtualMachine', { ...zone.guest, networkids, name }, 'virtualmachine'))
    const [web, db1] = [await deploy('web'), await deploy('db')]
    const guests = (params: Readonly<Record<string, string>>) =>
      list(call, 'listVirtualMachines', 'virtualmachine', params)

    const given = { resourceids: `${web},${db1}`, resourcetype: 'uservm', customer: 'acme' }
    await run(call, 'createTags', { ...given, ...tag('tier', 'prod') })
    await run(call, 'createTags', { resourceids: web, resourcetype: 'UserVm', ...tag('role', 'front') })
    const [shown] = await guests({ id: web })
    const owner = { account: 'admin', domain: 'ROOT', domainpath: 'ROOT', domainid: expect.any(String) }
    expect(shown?.tags).toEqual([
      { key: 'role', value: 'front', resourcetype: 'UserVm', resourceid: web, ...owner },
      { key: 'tier', value: 'prod', resourcetype: 'UserVm', resourceid: web, ...owner, customer: 'acme' },
    ])
    expect((await guests(tag('role', 'front'))).map(idOf)).toEqual([web])
    expect((await guests({ ...tag('role', 'front'), ...tag('tier', 'prod', 1) })).map(idOf).sort()).toEqual(
      [web, db1].sort(),
    )
    expect(await guests(tag('tier', 'front'))).toEqual([])
    expect((await call('listVirtualMachines', { ...tag('tier', 'prod'), page: '2', pagesize: '1' })).body.count).toBe(2)
    expect(await list(call, 'listTags', 'tag', { resourcetype: 'UserVm', key: 'tier', value: 'prod' })).toHaveLength(2)
    expect(await list(call, 'listTags', 'tag', { customer: 'acme', resourceid: db1 })).toMatchObject([{ key: 'tier' }])

    // A thing has one tag of a key; all of a call are given, or none.
    const again = { resourceids: `${db1},${web}`, resourcetype: 'UserVm', ...tag('role', 'back') }
    expect(await call('createTags', again)).toMatchObject({
      status: 431,
      body: { errortext: expect.stringContaining("key 'role'") },
    })
    expect(await list(call, 'listTags', 'tag', { key: 'role' })).toHaveLength(1)
    const other = { ...given, resourcetype: 'Network' }
    expect((await call('createTags', { ...other, ...tag('a', 'b') })).status).toBe(431)
    const twice = { ...given, ...tag('a', 'b'), ...tag('a', 'c', 1) }
    expect((await call('createTags', twice)).status).toBe(431)

    await run(call, 'deleteTags', {
      resourceids: web,
      resourcetype: 'UserVm',
      'tags[0].key': 'tier',
      'tags[0].value': 'x',
    })
    expect((await guests(tag('tier', 'prod'))).length).toBe(2)
    await run(call, 'deleteTags', { resourceids: web, resourcetype: 'UserVm', 'tags[0].key': 'tier' })
    expect((await guests(tag('tier', 'prod'))).map(idOf)).toEqual([db1])
    await run(call, 'destroyVirtualMachine', { id: db1, expunge: 'true' })
    expect(await db.selectFrom('resource_tag').select('key').execute()).toEqual([{ key: 'role' }])

    // A public address loses them with its owner.
    const ip = idOf(await run(call, 'associateIpAddress', { networkid: networkids }, 'ipaddress'))
    await run(call, 'createTags', { resourceids: ip, resourcetype: 'PublicIpAddress', ...tag('use', 'mail') })
    expect((await list(call, 'listPublicIpAddresses', 'publicipaddress', tag('use', 'mail'))).map(idOf)).toEqual([ip])
    await run(call, 'disassociateIpAddress', { id: ip })
    expect(await list(call, 'listTags', 'tag', { key: 'use' })).toEqual([])
  })

  it('filter every list of things that can have them', async () => {
    await using api = await startApi(lab.cluster)
    const { call } = api
    const filtered = commands.filter(({ name, params }) => name.startsWith('list') && params.tags?.type === 'map')
    expect(filtered.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['listNetworkACLs', 'listStaticRoutes', 'listTemplates', 'listVPCs', 'listZones']),
    )
    for (const { name } of filtered) {
      const filter: Record<string, string> = name === 'listTemplates' ? { templatefilter: 'all' } : {}
      for (const page of [{}, { page: '3', pagesize: '2' }]) {
        const answer = await call(name, { ...filter, ...(page as Record<string, string>), ...tag('no', 'body') })
        expect({ name, ...answer }).toMatchObject({ name, status: 200, body: {} })
        expect(answer.body.count).toBeUndefined()
      }
    }
    // Templates and zones are nobody's: their administrator describes them.
    const [template] = await list(call, 'listTemplates', 'template', { templatefilter: 'all' })
    await run(call, 'createTags', { resourceids: idOf(template), resourcetype: 'Template', ...tag('os', 'debian') })
    const found = await list(call, 'listTemplates', 'template', { templatefilter: 'all', ...tag('os', 'debian') })
    expect(found).toMatchObject([{ id: template?.id, tags: [{ key: 'os', value: 'debian', account: 'admin' }] }])
  })

  it('have details beside them, which administrators may keep to themselves', async () => {
    await using api = await startApi(lab.cluster)
    const { call, db } = api
    const dns = { networktype: 'Advanced', dns1: '192.0.2.53', internaldns1: '192.0.2.53' }
    const resourceid = idOf(await run(call, 'createZone', { ...dns, name: 'z1' }, 'zone'))
    const thing = { resourceid, resourcetype: 'Zone' }
    const detail = (index: number, key: string, value: string) => ({
      [`details[${index}].key`]: key,
      [`details[${index}].value`]: value,
    })
    await run(call, 'addResourceDetail', { ...thing, ...detail(0, 'rack', '7'), ...detail(1, 'row', 'b') })
    await run(call, 'addResourceDetail', { ...thing, ...detail(0, 'rack', '8'), fordisplay: 'false' })
    const details = (params: Readonly<Record<string, string>> = {}) =>
      list(call, 'listResourceDetails', 'resourcedetail', { resourcetype: 'Zone', ...params })
    expect(await details({ resourceid })).toMatchObject([
      { key: 'rack', value: '8', resourcetype: 'Zone', resourceid },
      { key: 'row', value: 'b' },
    ])
    expect(await details({ fordisplay: 'true' })).toMatchObject([{ key: 'row' }])
    await run(call, 'removeResourceDetail', { ...thing, key: 'rack' })
    expect(await details()).toMatchObject([{ key: 'row' }])
    await run(call, 'deleteZone', { id: resourceid })
    expect(await db.selectFrom('resource_detail').selectAll().execute()).toEqual([])
  })
})
