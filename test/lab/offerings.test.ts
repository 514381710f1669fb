import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, type Call, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run } from './balanced.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let api: Awaited<ReturnType<typeof startApi>>
beforeAll(async () => {
  lab = await openTestCluster()
  api = await startApi(lab.cluster)
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
  await lab?.remove()
})

const call: Call = (command, params) => api.call(command, params)
const make = (params: Record<string, string>): Promise<Body> =>
  run(call, 'createServiceOffering', params, 'serviceoffering')
const makeDisk = (params: Record<string, string>): Promise<Body> =>
  run(call, 'createDiskOffering', params, 'diskoffering')
const names = async (command: string, object: string, params: Record<string, string> = {}): Promise<unknown[]> =>
  (await list(call, command, object, params)).map(({ name }) => name)

const zone = async (name: string): Promise<string> => {
  const dns = { dns1: '192.0.2.53', internaldns1: '192.0.2.53' }
  return idOf(await run(call, 'createZone', { name, networktype: 'Advanced', ...dns }, 'zone'))
}

describe('service offerings', () => {
  it('keep all that they were made with', async () => {
    const zoneid = await zone('z1')
    const made = await make({
      ...{ name: 'tagged', displaytext: 'a size', cpunumber: '2', cpuspeed: '500', memory: '256', zoneid },
      ...{ hosttags: 'ssd, gpu,ssd', tags: 'fast', offerha: 'true', limitcpuuse: 'true', isvolatile: 'true' },
      ...{
        dynamicscalingenabled: 'false',
        'serviceofferingdetails[0].key': 'tier',
        'serviceofferingdetails[0].value': 'gold',
      },
    })
    expect(made).toMatchObject({
      ...{ name: 'tagged', displaytext: 'a size', cpunumber: 2, cpuspeed: 500, memory: 256, zoneid, zone: 'z1' },
      ...{ hosttags: 'ssd,gpu', storagetags: 'fast', offerha: true, limitcpuuse: true, isvolatile: true },
      ...{
        dynamicscalingenabled: false,
        serviceofferingdetails: { tier: 'gold' },
        iscustomized: false,
        state: 'Active',
      },
    })
    expect(made.domainid).toBeUndefined()
    const [listed] = await list(call, 'listServiceOfferings', 'serviceoffering', { id: idOf(made) })
    expect(listed).toEqual(made)
  })

  it('say nothing of numbers that each guest chooses', async () => {
    const free = await make({ name: 'free', customized: 'true' })
    expect(free).toMatchObject({ iscustomized: true, dynamicscalingenabled: true })
    for (const name of ['cpunumber', 'cpuspeed', 'memory', 'serviceofferingdetails']) expect(free[name]).toBeUndefined()
    const bounds = { mincpunumber: '1', maxcpunumber: '4', minmemory: '128', maxmemory: '1024' }
    const ranged = await make({ name: 'ranged', customized: 'true', cpuspeed: '700', ...bounds })
    expect(ranged).toMatchObject({ iscustomized: true, cpuspeed: 700, serviceofferingdetails: bounds })
  })

  it('change, and leave the lists when they are inactive', async () => {
    const id = idOf(await make({ name: 'old', cpunumber: '1', memory: '64', hosttags: 'ssd' }))
    const zoneid = await zone('z2')
    const changed = await run(
      call,
      'updateServiceOffering',
      { id, name: 'new', displaytext: 'newer', hosttags: '', storagetags: 'slow', zoneid, state: 'Inactive' },
      'serviceoffering',
    )
    expect(changed).toMatchObject({ name: 'new', displaytext: 'newer', storagetags: 'slow', zoneid, state: 'Inactive' })
    expect(changed.hosttags).toBeUndefined()
    expect(await names('listServiceOfferings', 'serviceoffering')).not.toContain('new')
    expect(await names('listServiceOfferings', 'serviceoffering', { state: 'Inactive' })).toEqual(['new'])
    expect(await names('listServiceOfferings', 'serviceoffering', { id })).toEqual(['new'])
    const again = await run(call, 'updateServiceOffering', { id, zoneid: 'all', state: 'Active' }, 'serviceoffering')
    expect(again.zoneid).toBeUndefined()
  })

  it('come in the order of their sort keys and are found by zone', async () => {
    const [here, there] = [await zone('z3'), await zone('z4')]
    const id = idOf(await make({ name: 'first', cpunumber: '1', memory: '64', zoneid: here }))
    await run(call, 'updateServiceOffering', { id, sortkey: '10' }, 'serviceoffering')
    expect((await names('listServiceOfferings', 'serviceoffering', { zoneid: here }))[0]).toBe('first')
    expect(await names('listServiceOfferings', 'serviceoffering', { zoneid: there })).not.toContain('first')
  })

  it.each<[string, Record<string, string>, RegExp]>([
    ['no size', { name: 'x' }, /needs cpunumber and memory, or customized=true/],
    [
      'a size to choose and a fixed one',
      { name: 'x', customized: 'true', memory: '64' },
      /Parameter memory: .*each guest/,
    ],
    ['half a range', { name: 'x', customized: 'true', minmemory: '64' }, /Parameter mincpunumber: a range needs/],
    [
      'a range upside down',
      { name: 'x', customized: 'true', mincpunumber: '4', maxcpunumber: '2', minmemory: '64', maxmemory: '64' },
      /Parameter mincpunumber: 4 is above the most, 2/,
    ],
    ['bounds of a fixed size', { name: 'x', cpunumber: '1', memory: '64', maxmemory: '99' }, /Parameter maxmemory/],
    ['a system VM of any size', { name: 'x', customized: 'true', issystem: 'true' }, /system VMs have fixed sizes/],
    [
      'a tag of other letters',
      { name: 'x', cpunumber: '1', memory: '64', hosttags: 'a b' },
      /Parameter hosttags: 'a b'/,
    ],
  ])('cannot have %s', async (_, params, text) => {
    const { status, body } = await call('createServiceOffering', params)
    expect({ status, body }).toMatchObject({ status: 431, body: { errortext: expect.stringMatching(text) } })
  })
})

describe('disk offerings', () => {
  it('keep all that they were made with', async () => {
    const zoneid = await zone('z5')
    const made = await makeDisk({
      ...{ name: 'quick', disksize: '20', storagetype: 'local', provisioningtype: 'sparse', tags: 'ssd', zoneid },
      ...{ bytesreadrate: '1000', bytesreadratemax: '2000', iopswriterate: '50', miniops: '10', maxiops: '90' },
      ...{ cachemode: 'writeback', disksizestrictness: 'true', 'details[0].a': 'b' },
    })
    expect(made).toMatchObject({
      ...{ name: 'quick', displaytext: 'quick', disksize: 20, iscustomized: false, storagetype: 'local', zoneid },
      ...{ provisioningtype: 'sparse', tags: 'ssd', diskBytesReadRate: 1000, diskBytesReadRateMax: 2000 },
      ...{ diskIopsWriteRate: 50, miniops: 10, maxiops: 90, cacheMode: 'writeback', disksizestrictness: true },
      ...{ details: { a: 'b' }, displayoffering: true, state: 'Active' },
    })
    const [listed] = await list(call, 'listDiskOfferings', 'diskoffering', { name: 'quick' })
    expect(listed).toEqual(made)
  })

  it('are of any size when they name none', async () => {
    expect(await makeDisk({ name: 'any' })).toMatchObject({ iscustomized: true, disksize: 0, storagetype: 'shared' })
  })

  it('change and go', async () => {
    const id = idOf(await makeDisk({ name: 'd1', disksize: '1', bytesreadrate: '500' }))
    const changed = await run(call, 'updateDiskOffering', { id, name: 'd2', iopsreadrate: '7' }, 'diskoffering')
    expect(changed).toMatchObject({ name: 'd2', diskBytesReadRate: 500, diskIopsReadRate: 7 })
    const slower = await call('updateDiskOffering', { id, bytesreadratemax: '400' })
    expect(slower).toMatchObject({
      status: 431,
      body: { errortext: expect.stringMatching(/400 is below bytesreadrate, 500/) },
    })
    await run(call, 'updateDiskOffering', { id, state: 'Inactive' }, 'diskoffering')
    expect(await names('listDiskOfferings', 'diskoffering')).not.toContain('d2')
    expect((await call('deleteDiskOffering', { id })).body).toEqual({ success: true })
    expect((await call('deleteDiskOffering', { id })).status).toBe(431)
  })

  it('cannot be both fixed and free', async () => {
    expect((await call('createDiskOffering', { name: 'x', disksize: '1', customized: 'true' })).status).toBe(431)
    expect((await call('createDiskOffering', { name: 'x', customized: 'false' })).status).toBe(431)
    expect((await call('createDiskOffering', { name: 'x', disksize: '1', miniops: '9', maxiops: '3' })).status).toBe(
      431,
    )
  })
})
