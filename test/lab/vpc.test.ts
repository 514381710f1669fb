import type { RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, type Call, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const HOST = 'local:?netns=vpc-h1'

const one = (body: Body, object: string): Body => {
  const value = body[object] ?? body
  return (Array.isArray(value) ? value[0] : value) as Body
}

/** Calls, waits for the job if there is one, and gives what was made; a refusal fails the test. */
const run = async (call: Call, command: string, params: Record<string, string>, object = ''): Promise<Body> => {
  const { status, body } = await call(command, params)
  expect({ command, status, body }).toMatchObject({ status: 200 })
  if (body.jobid === undefined) return one(body, object)
  const job = await until(`${command} ended`, async () => {
    const { body: answer } = await call('queryAsyncJobResult', { jobid: String(body.jobid) })
    return answer.jobstatus === 0 ? undefined : answer
  })
  expect({ command, job }).toMatchObject({ job: { jobstatus: 1 } })
  return one(job.jobresult as Body, object)
}

const list = async (call: Call, command: string, object: string, params: Record<string, string> = {}) => {
  const { status, body } = await call(command, params)
  expect({ command, status, body }).toMatchObject({ status: 200 })
  return (body[object] ?? []) as Body[]
}

const idOf = (item: Body | undefined): string => String(item?.id)

/** A zone with one simulated host, and the ids that deployments name. */
const setUp = async (call: Call) => {
  const dns = { dns1: '192.0.2.53', internaldns1: '192.0.2.53' }
  const zoneid = idOf(await run(call, 'createZone', { name: 'z1', networktype: 'Advanced', ...dns }, 'zone'))
  const physical = await run(call, 'createPhysicalNetwork', { zoneid, name: 'p1', vlan: '100-199' }, 'physicalnetwork')
  const physicalnetworkid = idOf(physical)
  for (const traffictype of ['Guest', 'Public']) await run(call, 'addTrafficType', { physicalnetworkid, traffictype })
  await run(call, 'updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const podRange = { gateway: '192.0.2.1', netmask: '255.255.255.0', startip: '192.0.2.10' }
  const podid = idOf(await run(call, 'createPod', { zoneid, name: 'pod1', ...podRange }, 'pod'))
  const range = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.10', endip: '203.0.113.12' }
  await run(call, 'createVlanIpRange', { zoneid, forvirtualnetwork: 'true', ...range }, 'vlan')
  const named = { clustername: 'c1', clustertype: 'CloudManaged', hypervisor: 'Container' }
  const clusterid = idOf(await run(call, 'addCluster', { zoneid, podid, ...named }, 'cluster'))
  await run(call, 'addHost', { zoneid, podid, clusterid, hypervisor: 'Container', url: HOST }, 'host')
  await run(call, 'updateZone', { id: zoneid, allocationstate: 'Enabled' }, 'zone')
  const [offering] = await list(call, 'listVPCOfferings', 'vpcoffering')
  const tiers = await list(call, 'listNetworkOfferings', 'networkoffering', { forvpc: 'true' })
  const [size] = await list(call, 'listServiceOfferings', 'serviceoffering')
  const [template] = await list(call, 'listTemplates', 'template', { templatefilter: 'executable' })
  const networkofferingid = idOf(tiers.find(({ name }) => name === 'DefaultIsolatedNetworkOfferingForVpcNetworks'))
  return {
    zoneid,
    vpc: (name: string, more: Record<string, string> = {}) =>
      run(call, 'createVPC', { zoneid, name, cidr: '10.0.0.0/16', vpcofferingid: idOf(offering), ...more }, 'vpc'),
    tier: (vpcid: string, name: string, gateway: string) =>
      run(
        call,
        'createNetwork',
        { zoneid, vpcid, name, networkofferingid, gateway, netmask: '255.255.255.0' },
        'network',
      ),
    deploy: (name: string, networkids: string) =>
      run(
        call,
        'deployVirtualMachine',
        { zoneid, name, networkids, serviceofferingid: idOf(size), templateid: idOf(template) },
        'virtualmachine',
      ),
  }
}

describe('a VPC', () => {
  it('has one router that its tiers come to and leave, and goes without a trace', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
    const { call, simulator, db } = cloud
    const at = await setUp(call)
    const before = simulator.bridges(HOST).map(({ bridge }) => bridge)
    const vpc = await at.vpc('v1')
    const vpcid = idOf(vpc)
    expect(vpc).toMatchObject({ name: 'v1', state: 'Enabled', cidr: '10.0.0.0/16', network: [] })
    const router = async () => one({ router: await list(call, 'listRouters', 'router', { vpcid }) }, 'router')
    const first = await router()
    expect(first).toMatchObject({ state: 'Running', vpcid, publicip: '203.0.113.10', requiresupgrade: false })
    const machine = () => simulator.machines(HOST).find(({ spec }) => spec.uuid === first.id)
    const spec = () =>
      simulator.agent(String(first.linklocalip))?.spec as { services: Record<string, Record<string, unknown>> }
    expect(machine()?.spec.nics).toHaveLength(2)
    expect(spec().services).toMatchObject({ interfaces: { gateway: '203.0.113.1' } })

    const web = idOf(await at.tier(vpcid, 'web', '10.0.1.1'))
    const app = idOf(await at.tier(vpcid, 'app', '10.0.2.1'))
    const guests = await Promise.all([at.deploy('w1', web), at.deploy('a1', app)])
    expect((machine()?.spec.nics ?? []).map(({ bridge }) => bridge).sort()).toEqual([
      'brvx-100',
      'brvx-101',
      'cloud0',
      'cloudbr-public',
    ])
    expect(spec().services).toMatchObject({
      dhcp: { subnets: [{ network: expect.any(String) }, { network: expect.any(String) }] },
      nat: { source: [{ address: '203.0.113.10' }, { address: '203.0.113.10' }] },
    })
    expect(one({ vpc: await list(call, 'listVPCs', 'vpc', { id: vpcid }) }, 'vpc').network).toHaveLength(2)

    const inside = await list(call, 'listVirtualMachines', 'virtualmachine', { vpcid })
    expect(inside.map(({ name }) => name).sort()).toEqual(['a1', 'w1'])
    await run(call, 'restartNetwork', { id: web, cleanup: 'true' })
    await run(call, 'destroyVirtualMachine', { id: idOf(guests[1]), expunge: 'true' })
    await run(call, 'deleteNetwork', { id: app })
    expect(machine()).toMatchObject({ state: 'running', boots: 1 })
    expect(machine()?.spec.nics).toHaveLength(3)
    expect(spec().services).toMatchObject({ dhcp: { subnets: [{ network: '10.0.1.0/24' }] } })

    await run(call, 'restartVPC', { id: vpcid, cleanup: 'true' })
    const second = await router()
    expect(second.id).not.toBe(first.id)
    expect(second).toMatchObject({ state: 'Running', publicip: '203.0.113.10' })
    await until('the new router serves the tier', () => {
      const nics = simulator.machines(HOST).find(({ spec: found }) => found.uuid === second.id)?.spec.nics
      return nics?.length === 3
    })

    await run(call, 'destroyVirtualMachine', { id: idOf(guests[0]), expunge: 'true' })
    await run(call, 'deleteNetwork', { id: web })
    await run(call, 'deleteVPC', { id: vpcid })
    expect(simulator.machines(HOST)).toEqual([])
    expect(simulator.bridges(HOST).map(({ bridge }) => bridge)).toEqual([
      ...new Set([...before, 'cloud0', 'cloudbr-public']),
    ])
    for (const table of ['vpc', 'network', 'router', 'router_network', 'nic', 'backoff'] as const)
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
    expect(await db.selectFrom('public_ip').select('id').where('allocated', 'is not', null).execute()).toEqual([])
    expect(simulator.offences()).toEqual([])
  })

  it('goes on for its other tiers while one cannot be plugged', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
    const { call, simulator } = cloud
    const at = await setUp(call)
    const vpcid = idOf(await at.vpc('v1'))
    const web = idOf(await at.tier(vpcid, 'web', '10.0.1.1'))
    const app = idOf(await at.tier(vpcid, 'app', '10.0.2.1'))
    await at.deploy('w1', web)
    simulator.allow('brvx-101', false)
    const late = at.deploy('a1', app)
    const stuck = await until('the router says what is wrong', async () => {
      const [router] = await list(call, 'listRouters', 'router', { vpcid })
      const [check] = (router?.healthcheckresults ?? []) as Body[]
      return check && router
    })
    expect(stuck).toMatchObject({
      state: 'Running',
      healthcheckresults: [{ details: expect.stringContaining('brvx-101') }],
    })
    expect(await at.deploy('w2', web)).toMatchObject({ state: 'Running' })
    simulator.allow('brvx-101', true)
    expect(await late).toMatchObject({ state: 'Running' })
  })

  it('takes ten tiers at once and gives them up at once', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
    const { call, simulator, db } = cloud
    const at = await setUp(call)
    const vpcid = idOf(await at.vpc('v1'))
    const numbers = Array.from({ length: 10 }, (_, index) => index + 1)
    const tiers = await Promise.all(numbers.map((n) => at.tier(vpcid, `t${n}`, `10.0.${n}.1`)))
    const guests = await Promise.all(tiers.map((tier, n) => at.deploy(`g${n}`, idOf(tier))))
    expect(guests.map(({ state }) => state)).toEqual(numbers.map(() => 'Running'))
    const router = simulator.machines(HOST).find(({ spec }) => spec.kind === 'system')
    expect(router?.boots).toBe(1)
    expect(router?.spec.nics).toHaveLength(12)
    expect(simulator.commits(String(router?.spec.boot?.control.split('/')[0])).length).toBeLessThan(30)
    await Promise.all(guests.map((guest) => run(call, 'destroyVirtualMachine', { id: idOf(guest), expunge: 'true' })))
    await Promise.all(tiers.map((tier) => run(call, 'deleteNetwork', { id: idOf(tier) })))
    await run(call, 'deleteVPC', { id: vpcid })
    expect(simulator.machines(HOST)).toEqual([])
    for (const table of ['vpc', 'network', 'router', 'nic', 'backoff'] as const)
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
    expect(simulator.offences()).toEqual([])
  })

  it('has private gateways and static routes', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
    const { call, simulator, db } = cloud
    const at = await setUp(call)
    const vpcid = idOf(await at.vpc('v1'))
    const gateway = await run(
      call,
      'createPrivateGateway',
      { vpcid, ipaddress: '198.51.100.2', gateway: '198.51.100.1', netmask: '255.255.255.0', vlan: 'untagged' },
      'privategateway',
    )
    expect(gateway).toMatchObject({ state: 'Ready', ipaddress: '198.51.100.2', aclname: 'default_allow' })
    const route = await run(
      call,
      'createStaticRoute',
      { gatewayid: idOf(gateway), cidr: '192.168.0.0/16' },
      'staticroute',
    )
    expect(route).toMatchObject({ state: 'Active', vpcgatewayip: '198.51.100.2', cidr: '192.168.0.0/16' })
    const nics = () => simulator.machines(HOST)[0]?.spec.nics.map(({ bridge }) => bridge)
    expect(nics()).toEqual(['cloud0', 'cloudbr-public', 'cloudbr-private'])
    expect((await call('deletePrivateGateway', { id: idOf(gateway) })).body).toMatchObject({
      errorcode: 536,
      errortext: expect.stringContaining('192.168.0.0/16'),
    })
    await run(call, 'deleteStaticRoute', { id: idOf(route) })
    await run(call, 'deletePrivateGateway', { id: idOf(gateway) })
    expect(nics()).toEqual(['cloud0', 'cloudbr-public'])
    expect(await db.selectFrom('private_gateway').selectAll().execute()).toEqual([])
    expect(await list(call, 'listPrivateGateways', 'privategateway', { vpcid })).toEqual([])
  })

  it('waits for its first tier when it is not to start, and goes out by the address it was given', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
    const { call, simulator } = cloud
    const at = await setUp(call)
    const vpcid = idOf(await at.vpc('v1', { start: 'false', sourcenatipaddress: '203.0.113.12' }))
    expect(simulator.machines(HOST)).toEqual([])
    const tier = idOf(await at.tier(vpcid, 'web', '10.0.1.1'))
    const guest = await at.deploy('w1', tier)
    const routers = await list(call, 'listRouters', 'router', { networkid: tier })
    expect(routers).toMatchObject([{ state: 'Running', publicip: '203.0.113.12', guestnetworkid: tier }])
    // Its router need not run to let a tier go.
    await run(call, 'destroyVirtualMachine', { id: idOf(guest), expunge: 'true' })
    await run(call, 'stopRouter', { id: idOf(routers[0]) })
    await run(call, 'deleteNetwork', { id: tier })
    await run(call, 'startRouter', { id: idOf(routers[0]) })
    expect(simulator.machines(HOST)[0]?.spec.nics).toHaveLength(2)
  })

  it('goes out by another address of its own when it is told to, and asks its own name servers', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
    const { call, simulator } = cloud
    const at = await setUp(call)
    const dns = { dns1: '192.0.2.7', dns2: '192.0.2.8', ip6dns1: '2001:db8::7' }
    const made = await at.vpc('v1', { sourcenatipaddress: '203.0.113.12', ...dns })
    expect(made).toMatchObject(dns)
    const vpcid = idOf(made)
    await at.deploy('w1', idOf(await at.tier(vpcid, 'web', '10.0.1.1')))
    const router = async () => (await list(call, 'listRouters', 'router', { vpcid }))[0]
    const held = async () => {
      const agent = simulator.agent(String((await router())?.linklocalip))
      const spec = agent?.spec as { services: Pick<RouterServices, 'nat' | 'dns' | 'interfaces'> }
      const { services } = spec
      return {
        sources: services.nat?.source.map(({ address }) => address),
        asked: services.dns?.views.map(({ upstreams }) => upstreams),
        public: services.interfaces.interfaces.find(({ role }) => role === 'public')?.addresses,
      }
    }
    expect(await held()).toEqual({
      sources: ['203.0.113.12'],
      asked: [['192.0.2.7', '192.0.2.8']],
      public: ['203.0.113.12/24'],
    })
    const next = await run(call, 'associateIpAddress', { vpcid, ipaddress: '203.0.113.11' }, 'ipaddress')
    await run(call, 'updateVPC', { id: vpcid, sourcenatipaddress: '203.0.113.11' }, 'vpc')
    expect(await held()).toMatchObject({
      sources: ['203.0.113.11'],
      public: ['203.0.113.11/24', '203.0.113.12/24'],
    })
    expect(await router()).toMatchObject({ publicip: '203.0.113.11' })
    const addresses = await list(call, 'listPublicIpAddresses', 'publicipaddress', { vpcid })
    expect(addresses.map(({ ipaddress, issourcenat }) => [ipaddress, issourcenat])).toEqual([
      ['203.0.113.11', true],
      ['203.0.113.12', false],
    ])
    // The one it had is an address like others, and may be given up; the new one may not.
    await run(call, 'disassociateIpAddress', { id: idOf(addresses[1]) })
    expect((await call('disassociateIpAddress', { id: idOf(next) })).status).toBe(431)
    expect((await held()).public).toEqual(['203.0.113.11/24'])
    await run(call, 'updateVPC', { id: vpcid, sourcenatipaddress: '203.0.113.11' }, 'vpc')
  })
})
