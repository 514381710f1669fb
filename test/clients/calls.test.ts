import { afterAll, beforeAll, expect, test } from 'vitest'
import { idOf, list, run, setUpZone } from '../lab/balanced.ts'
import { makeAccount, makeDomain } from '../lab/tenants.ts'
import { type Call, startApiCloud } from '../simulator/api.ts'
import { openCloudPort, openedSession, signedCaller } from '../simulator/cloud-port.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { completions } from './calls/cloudmonkey.ts'
import { jclouds, kubernetes, nagios, packer } from './calls/others.ts'
import { type Kept, replay } from './calls/replay.ts'
import { configuration, gateways, infrastructure } from './calls/terraform.ts'
import { administration, capacity, menu, start, usage, views, wizard } from './calls/web.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let cloud: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  lab = await openTestCluster()
  cloud = await open()
})
afterAll(async () => {
  await cloud?.[Symbol.asyncDispose]()
  await lab?.remove()
})

const PASSWORD = 'x7-Kw9!qLm'

/** A cloud with one simulated host, and a tenant with a guest that runs: what clients find. */
const open = async () => {
  const simulated = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
  const port = await openCloudPort({ db: simulated.db, jobs: simulated.jobs, ...simulated.seals })
  const { call } = simulated
  const zone = await setUpZone(call, 'local:?netns=calls-h1')
  const range = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.20', endip: '203.0.113.39' }
  await run(call, 'createVlanIpRange', { zoneid: zone.zoneid, forvirtualnetwork: 'true', ...range }, 'vlan')
  // Of no use for clients that clean up, unless users may.
  await run(call, 'updateConfiguration', { name: 'allow.user.expunge.recover.vm', value: 'true' }, 'configuration')
  const domain = await makeDomain(call, 'clients')
  await makeAccount(call, 'dev', domain)
  const first = async (command: string, object: string, params: Readonly<Record<string, string>> = {}) =>
    (await list(call, command, object, params))[0]
  const user = await first('listUsers', 'user', { username: 'dev', listall: 'true' })
  const template = await first('listTemplates', 'template', { templatefilter: 'executable' })
  const kept: Kept = {
    ...{ zone: zone.zoneid, isolated: zone.isolated, domain, me: idOf(user), myname: 'dev', mydomain: domain },
    ...{ size: zone.guest.serviceofferingid, template: idOf(template), templatename: String(template?.name) },
    myaccount: String(user?.accountid),
    sizename: String((await first('listServiceOfferings', 'serviceoffering'))?.name),
    physical: idOf(await first('listPhysicalNetworks', 'physicalnetwork')),
    root: idOf(await first('listDomains', 'domain', { name: 'ROOT' })),
    role: idOf(await first('listRoles', 'role')),
    vpcoffering: idOf(await first('listVPCOfferings', 'vpcoffering', { name: 'Default VPC offering' })),
  }
  const signed = async (id: string): Promise<Call> => {
    const { apikey, secretkey } = await run(call, 'registerUserKeys', { id }, 'userkeys')
    return signedCaller(port.base, { apikey: String(apikey), secretkey: String(secretkey) })
  }
  const admin = await first('listUsers', 'user', { username: 'admin' })
  await run(call, 'updateUser', { id: idOf(admin), password: PASSWORD }, 'user')
  const dev = await signed(idOf(user))
  const made = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: 'mine', gateway: '10.2.0.1' }
  const network = idOf(await run(dev, 'createNetwork', { ...made, netmask: '255.255.255.0' }, 'network'))
  const guest = await run(
    dev,
    'deployVirtualMachine',
    { ...zone.guest, networkids: network, name: 'web' },
    'virtualmachine',
  )
  return {
    dev,
    admin: await signed(idOf(admin)),
    base: port.base,
    adminid: idOf(admin),
    kept: { ...kept, network, guest: idOf(guest) },
    [Symbol.asyncDispose]: async () => {
      await port[Symbol.asyncDispose]()
      await simulated[Symbol.asyncDispose]()
    },
  }
}

test("Terraform's provider makes, reads, changes and destroys each kind of thing", async () => {
  expect(await replay(cloud.dev, configuration, { ...cloud.kept })).toEqual([])
  expect(await replay(cloud.admin, [...infrastructure, ...gateways], { ...cloud.kept })).toEqual([])
})

test('CloudMonkey synchronizes and completes arguments', async () => {
  for (const call of [cloud.admin, cloud.dev]) {
    const apis = await list(call, 'listApis', 'api', { listall: 'true' })
    expect(apis.filter(({ name, description }) => !name || !description)).toEqual([])
    expect(await replay(call, completions(apis as never), cloud.kept)).toEqual([])
  }
})

test("CloudStack's web UI starts and opens each entry of its menu", async () => {
  const tenant = await openedSession(cloud.base, { username: 'dev', password: PASSWORD, domain: '/clients' })
  expect(await replay(tenant.call, [...start, ...usage, ...menu, ...views, ...wizard], cloud.kept)).toEqual([])
  const admin = await openedSession(cloud.base, { username: 'admin', password: PASSWORD, domain: '/' })
  const steps = [...start, ...capacity, ...menu, ...administration, ...views]
  expect(await replay(admin.call, steps, { ...cloud.kept, me: cloud.adminid })).toEqual([])
})

test.each([
  ['Kubernetes', kubernetes],
  ['Packer', packer],
  ['jclouds', jclouds],
])('%s does its work as a tenant', async (_name, steps) => {
  expect(await replay(cloud.dev, steps, { ...cloud.kept })).toEqual([])
})

test("checks of Nagios see what an administrator's eyes would", async () => {
  expect(await replay(cloud.admin, nagios, cloud.kept)).toEqual([])
})
