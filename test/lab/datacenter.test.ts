import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, type Call, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run } from './balanced.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const range = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.10', endip: '203.0.113.20' }

interface Plan {
  readonly name: string
  readonly pod: Readonly<Record<'gateway' | 'netmask' | 'startip' | 'endip', string>>
  readonly hosts: readonly string[]
}

/** Each name turned on as scripts do it: by its element, and then itself. */
const enableProviders = async (call: Call, physicalnetworkid: string): Promise<void> => {
  const elements = {
    VirtualRouter: ['listVirtualRouterElements', 'configureVirtualRouterElement', 'virtualrouterelement'],
    VpcVirtualRouter: ['listVirtualRouterElements', 'configureVirtualRouterElement', 'virtualrouterelement'],
    InternalLbVm: [
      'listInternalLoadBalancerElements',
      'configureInternalLoadBalancerElement',
      'internalloadbalancerelement',
    ],
  } as const
  for (const [name, [listElements, configure, object]] of Object.entries(elements)) {
    const [provider] = await list(call, 'listNetworkServiceProviders', 'networkserviceprovider', {
      name,
      physicalnetworkid,
      state: 'Disabled',
    })
    const nspid = idOf(provider)
    const [element] = await list(call, listElements, object, { nspid })
    expect(await run(call, configure, { id: idOf(element), enabled: 'true' }, object)).toMatchObject({ enabled: true })
    const enabled = await run(
      call,
      'updateNetworkServiceProvider',
      { id: nspid, state: 'Enabled' },
      'networkserviceprovider',
    )
    expect(enabled).toMatchObject({ name, state: 'Enabled' })
  }
}

/** The calls of CloudStack's own set-up scripts, in their order and with all that they send. */
const setUpZone = async (call: Call, plan: Plan) => {
  const zone = await run(
    call,
    'createZone',
    {
      ...{ name: plan.name, networktype: 'Advanced', guestcidraddress: '10.1.1.0/24', securitygroupenabled: 'false' },
      ...{ dns1: '192.0.2.53', dns2: '192.0.2.54', internaldns1: '192.0.2.55', internaldns2: '192.0.2.56' },
      ...{ localstorageenabled: 'true', allocationstate: 'Disabled' },
    },
    'zone',
  )
  expect(zone).toMatchObject({ allocationstate: 'Disabled' })
  const zoneid = idOf(zone)
  const asked = { name: 'Sandbox-pnet', vlan: '100-200', broadcastdomainrange: 'Zone', isolationmethods: 'VLAN' }
  const physical = await run(call, 'createPhysicalNetwork', { zoneid, ...asked }, 'physicalnetwork')
  const physicalnetworkid = idOf(physical)
  for (const traffictype of ['Guest', 'Management', 'Public', 'Storage']) {
    const labels = { kvmnetworklabel: 'cloudbr0', xennetworklabel: 'cloud-private', vmwarenetworklabel: 'vSwitch0' }
    await run(call, 'addTrafficType', { physicalnetworkid, traffictype, ...labels }, 'traffictype')
  }
  await enableProviders(call, physicalnetworkid)
  const [before] = await list(call, 'listNetworkServiceProviders', 'networkserviceprovider', {
    physicalnetworkid,
    name: 'SecurityGroupProvider',
  })
  expect(before).toMatchObject({ state: 'Disabled' })
  await run(call, 'updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled', vlan: '100-200' })
  const podid = idOf(await run(call, 'createPod', { zoneid, name: `${plan.name}-pod`, ...plan.pod }, 'pod'))
  await run(call, 'createVlanIpRange', {
    ...{ zoneid, physicalnetworkid, vlan: 'untagged', forvirtualnetwork: 'true' },
    ...range,
  })
  const named = { clustername: `${plan.name}-cluster`, clustertype: 'CloudManaged', hypervisor: 'Container' }
  const clusterid = idOf(await run(call, 'addCluster', { zoneid, podid, ...named }, 'cluster'))
  const hosts: Body[] = []
  for (const url of plan.hosts) {
    const login = { username: 'root', password: 'password', hosttags: '' }
    hosts.push(await run(call, 'addHost', { zoneid, podid, clusterid, hypervisor: 'Container', url, ...login }, 'host'))
  }
  for (const host of hosts)
    await until(
      'the host is Up',
      async () =>
        (await list(call, 'listHosts', 'host', { id: idOf(host), type: 'Routing', state: 'Up' })).length === 1,
    )
  const primary = { name: 'PS0', url: 'nfs://192.0.2.9/export/primary', scope: 'CLUSTER', hypervisor: 'Container' }
  const pool = await run(call, 'createStoragePool', { zoneid, podid, clusterid, ...primary }, 'storagepool')
  expect(pool).toMatchObject({
    type: 'NetworkFilesystem',
    ipaddress: '192.0.2.9',
    path: '/export/primary',
    state: 'Up',
  })
  const store = { provider: 'NFS', url: `nfs://192.0.2.9/export/${plan.name}`, name: plan.name, zoneid }
  expect(await run(call, 'addImageStore', store, 'imagestore')).toMatchObject({ protocol: 'nfs', scope: 'ZONE' })
  const enabled = await run(call, 'updateZone', { id: zoneid, allocationstate: 'Enabled' }, 'zone')
  expect(enabled).toMatchObject({ allocationstate: 'Enabled' })
  return { zoneid, physicalnetworkid, podid, clusterid, hosts: hosts.map(idOf), pool: idOf(pool) }
}

const pod = (net: number) => ({
  ...{ gateway: `192.0.${net}.1`, netmask: '255.255.255.0' },
  ...{ startip: `192.0.${net}.10`, endip: `192.0.${net}.20` },
})

const deploy = async (call: Call, zoneid: string, name: string): Promise<Body> => {
  const offerings = await list(call, 'listNetworkOfferings', 'networkoffering')
  const isolated = offerings.find((one) => one.name === 'DefaultIsolatedNetworkOfferingWithSourceNatService')
  const made = { zoneid, name, networkofferingid: idOf(isolated) }
  const networkids = idOf(await run(call, 'createNetwork', { ...made, displaytext: name }, 'network'))
  const [size] = await list(call, 'listServiceOfferings', 'serviceoffering')
  const [template] = await list(call, 'listTemplates', 'template', { templatefilter: 'executable' })
  const machine = { zoneid, networkids, serviceofferingid: idOf(size), templateid: idOf(template), name }
  return run(call, 'deployVirtualMachine', machine, 'virtualmachine')
}

describe('data centers', () => {
  it('are set up by the calls of the usual scripts, several of them, and serve', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call } = cloud
    const config = { name: 'expunge.delay', value: '60' }
    expect(await call('updateConfiguration', config)).toMatchObject({ status: 200 })
    const first = await setUpZone(call, { name: 'one', pod: pod(2), hosts: ['http://192.0.2.31', 'http://192.0.2.32'] })
    const second = await setUpZone(call, { name: 'two', pod: pod(3), hosts: ['http://192.0.3.31'] })
    expect((await list(call, 'listZones', 'zone')).map(({ name }) => name)).toEqual(['one', 'two'])
    const guest = await deploy(call, second.zoneid, 'web')
    expect(guest).toMatchObject({ state: 'Running', zonename: 'two', hostid: second.hosts[0] })
    expect(
      await list(call, 'listGuestVlans', 'guestvlan', { zoneid: second.zoneid, allocatedonly: 'true' }),
    ).toMatchObject([{ vlan: '100', allocationstate: 'Allocated', network: [{ name: 'web' }] }])
    // The pools of hosts come by themselves, as large as their hosts say.
    const pools = await list(call, 'listStoragePools', 'storagepool', { zoneid: first.zoneid })
    expect(pools.map(({ scope }) => scope).toSorted()).toEqual(['CLUSTER', 'HOST', 'HOST'])
    const [own] = await list(call, 'listStoragePools', 'storagepool', { hostid: String(first.hosts[0]) })
    expect(own).toMatchObject({ type: 'Filesystem', state: 'Up', disksizetotal: 2e12, disksizeused: 1e12 })
  })

  it('place nothing where they are disabled, and say why they cannot be deleted', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder)
    const { call } = cloud
    const at = await setUpZone(call, { name: 'one', pod: pod(2), hosts: ['http://192.0.2.31'] })
    const closed = [
      ['updatePod', { id: at.podid }],
      ['updateCluster', { id: at.clusterid }],
    ] as const
    const offering = idOf((await list(call, 'listServiceOfferings', 'serviceoffering'))[0])
    const guest = await deploy(call, at.zoneid, 'web')
    const again = {
      ...{ zoneid: at.zoneid, serviceofferingid: offering, templateid: String(guest.templateid) },
      networkids: String((guest.nic as Body[])[0]?.networkid),
    }
    await run(call, 'updateZone', { id: at.zoneid, allocationstate: 'Disabled' })
    expect(await call('deployVirtualMachine', { ...again, name: 'late' })).toMatchObject({
      status: 534,
      body: { errortext: 'Zone one is disabled: enable it with updateZone first.' },
    })
    await run(call, 'updateZone', { id: at.zoneid, allocationstate: 'Enabled' })
    for (const [index, [command, params]] of closed.entries()) {
      await run(call, command, { ...params, allocationstate: 'Disabled' })
      const { body } = await call('deployVirtualMachine', { ...again, name: `late${index}` })
      const job = await until('the deployment ended', async () => {
        const { body: answer } = await call('queryAsyncJobResult', { jobid: String(body.jobid) })
        return answer.jobstatus === 0 ? undefined : answer
      })
      expect({ command, job }).toMatchObject({
        job: { jobstatus: 2, jobresult: { errorcode: 533, errortext: expect.stringContaining('None of the 0 hosts') } },
      })
      await run(call, command, { ...params, allocationstate: 'Enabled' })
    }
    for (const [command, id] of [
      ['deleteZone', at.zoneid],
      ['deletePod', at.podid],
      ['deleteCluster', at.clusterid],
      ['deletePhysicalNetwork', at.physicalnetworkid],
      ['deleteHost', String(at.hosts[0])],
    ] as const)
      expect(await call(command, { id })).toMatchObject({
        status: 536,
        body: { errortext: expect.stringMatching(/depends on it|still has/) },
      })
    const [own] = await list(call, 'listStoragePools', 'storagepool', { scope: 'HOST' })
    expect(await call('deleteStoragePool', { id: idOf(own) })).toMatchObject({
      body: { errortext: expect.stringContaining('it is as the host is') },
    })
    await run(call, 'deleteStoragePool', { id: at.pool })
  })
})
