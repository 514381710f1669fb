import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Body, type Call, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const netmask = '255.255.255.0'

const setUp = async (call: Call) => {
  const zone = await setUpZone(call, 'local:?netns=vpc-races')
  const { zoneid } = zone
  const more = { gateway: '203.0.113.1', netmask, startip: '203.0.113.20', endip: '203.0.113.60' }
  await run(call, 'createVlanIpRange', { zoneid, forvirtualnetwork: 'true', ...more }, 'vlan')
  const [offering] = await list(call, 'listVPCOfferings', 'vpcoffering', { name: 'Default VPC offering' })
  const at = { zoneid, cidr: '10.0.0.0/16', vpcofferingid: idOf(offering) }
  return {
    ...zone,
    vpc: async (name: string) => idOf(await run(call, 'createVPC', { ...at, name }, 'vpc')),
    tierOf: (vpcid: string, name: string, gateway: string) =>
      ['createNetwork', { zoneid, vpcid, name, gateway, netmask, networkofferingid: zone.tier }] as const,
  }
}

/** Many calls at once; their jobs are waited for. */
const all = async (call: Call, ...calls: readonly (readonly [string, Record<string, string>])[]) => {
  const answers = await Promise.all(calls.map(([command, params]) => call(command, params)))
  for (const { body } of answers)
    if (body.jobid !== undefined)
      await until('the job ended', async () => {
        const { body: job } = await call('queryAsyncJobResult', { jobid: String(body.jobid) })
        return job.jobstatus !== 0 && job
      })
  return answers.map(({ status }) => status).sort()
}

it('a VPC of which everybody wants the same has it once, and goes wholly with its router stopped', async () => {
  await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
  const { call, db } = cloud
  const at = await setUp(call)
  const vpcid = await at.vpc('v1')
  const tiers = Array.from({ length: 6 }, (_, index) => at.tierOf(vpcid, `t${index}`, `10.0.1.${1 + index}`))
  expect(await all(call, ...tiers)).toEqual([200, 537, 537, 537, 537, 537])
  const [tier] = await list(call, 'listNetworks', 'network', { vpcid })
  const networkid = idOf(tier)
  const deployed = await run(call, 'deployVirtualMachine', { ...at.guest, name: 'g1', networkids: networkid })
  const virtualmachineid = idOf(deployed.virtualmachine as Body)
  const take = async (): Promise<string> => idOf(await run(call, 'associateIpAddress', { vpcid }, 'ipaddress'))

  const contested = await take()
  const forward = { ipaddressid: contested, protocol: 'tcp', privateport: '80', virtualmachineid, networkid }
  const balance = { publicipid: contested, publicport: '80', privateport: '80', algorithm: 'source', networkid }
  const wishes = [
    ['createPortForwardingRule', { ...forward, publicport: '80' }],
    ['createPortForwardingRule', { ...forward, publicport: '79', publicendport: '80' }],
    ['createLoadBalancerRule', { ...balance, name: 'l1' }],
    ['createLoadBalancerRule', { ...balance, name: 'l2' }],
    ['enableStaticNat', { ipaddressid: contested, virtualmachineid, networkid }],
  ] as const
  expect(await all(call, ...wishes)).toEqual([200, 537, 537, 537, 537])
  const goodbye = ['disassociateIpAddress', { id: contested }] as const
  expect(await all(call, goodbye, goodbye, goodbye)).toEqual([200, 534, 534])

  const [forwarding, fixed] = [await take(), await take()]
  await run(call, 'createPortForwardingRule', { ...forward, ipaddressid: forwarding, publicport: '80' })
  await run(call, 'enableStaticNat', { ipaddressid: fixed, virtualmachineid, networkid })
  const leadTo = async () =>
    (await list(call, 'listPublicIpAddresses', 'publicipaddress', { associatednetworkid: networkid })).map(idOf)
  expect((await leadTo()).sort()).toEqual([forwarding, fixed].sort())
  await run(call, 'destroyVirtualMachine', { id: virtualmachineid, expunge: 'true' })
  expect(await leadTo()).toEqual([])

  const [router] = await list(call, 'listRouters', 'router', { vpcid })
  await run(call, 'stopRouter', { id: idOf(router) })
  // Its router has it as long as it may start again.
  expect((await call('disassociateIpAddress', { id: fixed })).status).toBe(200)
  expect(await list(call, 'listPublicIpAddresses', 'publicipaddress', { state: 'Releasing' })).toHaveLength(1)
  await run(call, 'deleteNetwork', { id: networkid })
  await run(call, 'deleteVPC', { id: vpcid })
  expect(await sql`select from public_ip where allocated is not null`.execute(db)).toMatchObject({ rows: [] })
  expect(cloud.simulator.offences()).toEqual([])
}, 120_000)
