import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, type Call, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const HOST = 'local:?netns=api-h1'

/** The object of an answer that must have succeeded. */
const made = async (call: Call, command: string, params: Record<string, string>, object: string): Promise<Body> => {
  const { status, body } = await call(command, params)
  expect({ command, status, body }).toMatchObject({ status: 200, body: { [object]: expect.anything() } })
  const value = body[object]
  return (Array.isArray(value) ? value[0] : value) as Body
}

/** Polls the job of an asynchronous answer as clients do. */
const ended = async (call: Call, command: string, params: Record<string, string>): Promise<Body> => {
  const { status, body } = await call(command, params)
  expect({ command, status, body }).toMatchObject({ status: 200, body: { jobid: expect.any(String) } })
  return until(`${command} ended`, async () => {
    const { body: job } = await call('queryAsyncJobResult', { jobid: String(body.jobid) })
    return job.jobstatus === 0 ? undefined : job
  })
}

const done = async (call: Call, command: string, params: Record<string, string>): Promise<Body> => {
  const job = await ended(call, command, params)
  expect({ command, job }).toMatchObject({ job: { jobstatus: 1, jobresultcode: 0 } })
  return job.jobresult as Body
}

/** The order in which set-up scripts for CloudStack call. */
const setUp = async (call: Call) => {
  await made(call, 'updateConfiguration', { name: 'guest.domain.suffix', value: 'cs.example' }, 'configuration')
  const zone = await made(
    call,
    'createZone',
    {
      name: 'z1',
      dns1: '192.0.2.53',
      internaldns1: '192.0.2.54',
      networktype: 'advanced',
      allocationstate: 'Disabled',
    },
    'zone',
  )
  const zoneid = String(zone.id)
  const physical = await done(call, 'createPhysicalNetwork', { zoneid, name: 'p1', vlan: '100-199' })
  const physicalnetworkid = String((physical.physicalnetwork as Body).id)
  for (const traffictype of ['Management', 'Guest', 'Public'])
    await done(call, 'addTrafficType', { physicalnetworkid, traffictype })
  const provider = await made(call, 'listNetworkServiceProviders', { physicalnetworkid }, 'networkserviceprovider')
  // Clients that add it without a look learn that it is there.
  expect(await call('addNetworkServiceProvider', { physicalnetworkid, name: 'VirtualRouter' })).toMatchObject({
    status: 431,
    body: { errortext: expect.stringContaining('already a network service provider') },
  })
  const element = await made(call, 'listVirtualRouterElements', { nspid: String(provider.id) }, 'virtualrouterelement')
  await done(call, 'configureVirtualRouterElement', { id: String(element.id), enabled: 'true' })
  await done(call, 'updateNetworkServiceProvider', { id: String(provider.id), state: 'Enabled' })
  await done(call, 'updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const podRange = { gateway: '192.0.2.1', netmask: '255.255.255.0', startip: '192.0.2.10', endip: '192.0.2.20' }
  const pod = await made(call, 'createPod', { zoneid, name: 'pod1', ...podRange }, 'pod')
  const podid = String(pod.id)
  const range = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.10', endip: '203.0.113.12' }
  const vlan = await made(call, 'createVlanIpRange', { zoneid, forvirtualnetwork: 'true', ...range }, 'vlan')
  const cluster = await made(
    call,
    'addCluster',
    { zoneid, podid, clustername: 'c1', clustertype: 'CloudManaged', hypervisor: 'Container' },
    'cluster',
  )
  const clusterid = String(cluster.id)
  const host = await made(call, 'addHost', { zoneid, podid, clusterid, hypervisor: 'Container', url: HOST }, 'host')
  await made(call, 'updateZone', { id: zoneid, allocationstate: 'Enabled' }, 'zone')
  await until('the host is Up', async () => {
    const { body } = await call('listHosts', { id: String(host.id), state: 'Up' })
    return body.count === 1 ? true : undefined
  })
  return { zoneid, physicalnetworkid, podid, clusterid, hostid: String(host.id), vlanid: String(vlan.id) }
}

const deploy = async (call: Call, zoneid: string) => {
  const offering = await made(call, 'listNetworkOfferings', { state: 'Enabled' }, 'networkoffering')
  const network = await made(
    call,
    'createNetwork',
    { zoneid, name: 'n1', networkofferingid: String(offering.id), gateway: '10.9.0.1', netmask: '255.255.255.0' },
    'network',
  )
  const size = await made(call, 'listServiceOfferings', {}, 'serviceoffering')
  const template = await made(call, 'listTemplates', { templatefilter: 'executable' }, 'template')
  const result = await done(call, 'deployVirtualMachine', {
    zoneid,
    serviceofferingid: String(size.id),
    templateid: String(template.id),
    networkids: String(network.id),
    name: 'web',
    userdata: Buffer.from('hello').toString('base64'),
  })
  return { networkid: String(network.id), guest: result.virtualmachine as Body }
}

describe('the life of a cloud through the API', () => {
  it('is set up, deploys a guest, shows it and is taken down to nothing', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call, db, simulator } = cloud
    const ids = await setUp(call)
    const { networkid, guest } = await deploy(call, ids.zoneid)
    expect(guest).toMatchObject({
      name: 'web',
      state: 'Running',
      zonename: 'z1',
      hostid: ids.hostid,
      hypervisor: 'Container',
      instancename: expect.stringMatching(/^i-2-\d+-VM$/),
      nic: [
        {
          ipaddress: '10.9.0.2',
          gateway: '10.9.0.1',
          netmask: '255.255.255.0',
          isdefault: true,
          broadcasturi: 'vxlan://100',
        },
      ],
    })
    expect(guest).not.toHaveProperty('userdata')
    // The job that set it tells it; no list does.
    const { password, ...listed } = guest
    expect(password).toMatch(/^\w+$/)
    const { body: shown } = await call('listVirtualMachines', { id: String(guest.id), userdata: 'true' })
    expect(shown).toEqual({
      count: 1,
      virtualmachine: [{ ...listed, networkkbsread: 0, networkkbswrite: 0, userdata: 'aGVsbG8=' }],
    })

    expect(await made(call, 'listNetworks', { id: networkid }, 'network')).toMatchObject({
      state: 'Implemented',
      networkdomain: 'cs.example',
      cidr: '10.9.0.0/24',
      vlan: '100',
    })
    const router = await made(call, 'listRouters', { networkid }, 'router')
    expect(router).toMatchObject({
      state: 'Running',
      publicip: '203.0.113.10',
      publicnetmask: '255.255.255.0',
      gateway: '203.0.113.1',
      guestipaddress: '10.9.0.1',
      guestnetworkid: networkid,
      linklocalip: expect.stringMatching(/^169\.254\./),
      requiresupgrade: false,
    })
    expect(await made(call, 'listPublicIpAddresses', { zoneid: ids.zoneid }, 'publicipaddress')).toMatchObject({
      ipaddress: '203.0.113.10',
      issourcenat: true,
      associatednetworkid: networkid,
    })
    const id = String(router.id)
    expect(await made(call, 'getRouterStatus', { id }, 'routerstatus')).toEqual({
      id,
      image: 'a'.repeat(64),
      confirmed: expect.any(Number),
      platform: 'simulated',
      patch: {},
    })
    expect(await made(call, 'getRouterControl', { id }, 'routercontrol')).toMatchObject({ host: HOST, port: 3922 })
    expect(await made(call, 'getConsoleLog', { id }, 'consolelog')).toMatchObject({
      log: `console of ${router.name}\n`,
    })

    const rebooted = await done(call, 'rebootVirtualMachine', { id: String(guest.id) })
    expect(rebooted).toMatchObject({ virtualmachine: { id: guest.id, state: 'Running' } })
    const stopped = await done(call, 'stopVirtualMachine', { id: String(guest.id) })
    expect(stopped).toMatchObject({ virtualmachine: { state: 'Stopped' } })
    const started = await done(call, 'startVirtualMachine', { id: String(guest.id) })
    expect(started).toMatchObject({ virtualmachine: { state: 'Running', ipaddress: '10.9.0.2' } })
    expect(await done(call, 'restartNetwork', { id: networkid, cleanup: 'true' })).toEqual({ success: true })

    expect(await done(call, 'destroyVirtualMachine', { id: String(guest.id), expunge: 'true' })).toEqual({
      success: true,
    })
    expect(await done(call, 'deleteNetwork', { id: networkid })).toEqual({ success: true })
    expect((await call('deleteHost', { id: ids.hostid })).body).toEqual({ success: true })
    await until('the host is gone', async () => {
      const { count } = await db
        .selectFrom('host')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow()
      return count === '0' ? true : undefined
    })
    for (const [command, key] of [
      ['deleteCluster', ids.clusterid],
      ['deletePod', ids.podid],
      ['deleteVlanIpRange', ids.vlanid],
    ] as const)
      expect(await call(command, { id: key })).toMatchObject({ status: 200, body: { success: true } })
    expect(await done(call, 'deletePhysicalNetwork', { id: ids.physicalnetworkid })).toEqual({ success: true })
    expect(await call('deleteZone', { id: ids.zoneid })).toMatchObject({ status: 200, body: { success: true } })
    expect((await call('listZones')).body).toEqual({})
    expect(simulator.machines(HOST)).toEqual([])
    expect(simulator.offences()).toEqual([])
  })
})
