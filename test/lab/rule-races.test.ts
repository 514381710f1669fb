import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '@sysvm/manager/model'
import { freeReleased } from '@sysvm/manager/model/release'
import { sql, type Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, startApi, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { behind, type Command } from './behind.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const netmask = '255.255.255.0'

const holdRow = (table: string, id: string) => (trx: Transaction<Database>) =>
  sql`select from ${sql.table(table)} where id = ${id} for update`.execute(trx)

describe('what a command read before it held the row', () => {
  const open = async () => {
    const api = await startApi(lab.cluster, {
      inspectHost: async () => ({ facts: { name: 'h', cpus: 4, memoryMiB: 4096 } }) as never,
    })
    const zone = await setUpZone(api.call, 'local:?netns=rule-races')
    const { zoneid } = zone
    const [offering] = await list(api.call, 'listVPCOfferings', 'vpcoffering', { name: 'Default VPC offering' })
    const made = await api.call('createVPC', { zoneid, name: 'v1', cidr: '10.0.0.0/16', vpcofferingid: idOf(offering) })
    const vpcid = idOf(made.body)
    const tier = async (name: string, gateway: string) => {
      const where = { zoneid, vpcid, gateway, netmask, networkofferingid: zone.tier }
      return idOf(await run(api.call, 'createNetwork', { ...where, name }, 'network'))
    }
    return { ...api, zone, vpcid, tier }
  }
  let api: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    api = await open()
  })
  afterAll(() => api?.[Symbol.asyncDispose]())

  it('a private gateway that is being deleted takes no route', async () => {
    const site = { ipaddress: '172.16.0.2', gateway: '172.16.0.1', netmask }
    const { body } = await api.call('createPrivateGateway', { vpcid: api.vpcid, ...site })
    const gatewayid = idOf(body)
    const answers = await behind(
      api,
      holdRow('vpc', api.vpcid),
      ['deletePrivateGateway', { id: gatewayid }],
      ['createStaticRoute', { gatewayid, cidr: '192.168.0.0/16' }],
    )
    expect(answers).toEqual([200, 534])
    expect(await list(api.call, 'listStaticRoutes', 'staticroute')).toEqual([])
  })

  it('a private gateway is not in a public range that is being made', async () => {
    const { zoneid } = api.zone
    const range = { gateway: '198.18.0.1', netmask, startip: '198.18.0.10' }
    const answers = await behind(
      api,
      holdRow('zone', zoneid),
      ['createVlanIpRange', { zoneid, ...range }],
      ['createPrivateGateway', { vpcid: api.vpcid, ipaddress: '198.18.0.2', gateway: '198.18.0.1', netmask }],
    )
    expect(answers).toEqual([200, 537])
  })

  it('a network that is being deleted takes no internal load balancer, of its own or of a neighbour', async () => {
    const [stays, goes] = [await api.tier('stays', '10.0.1.1'), await api.tier('goes', '10.0.2.1')]
    const balancer = { name: 'b', scheme: 'Internal', algorithm: 'source', instanceport: '80', sourceport: '80' }
    const of = (networkid: string, sourceipaddressnetworkid: string) =>
      ['createLoadBalancer', { ...balancer, networkid, sourceipaddressnetworkid }] as const
    const answers = await behind(
      api,
      holdRow('network', goes),
      ['deleteNetwork', { id: goes }],
      of(goes, stays),
      of(stays, goes),
    )
    expect(answers).toEqual([200, 534, 534])
  })

  it('a router that is on its way out does not keep an address that is given up meanwhile', async () => {
    const { zoneid, isolated } = api.zone
    const network = { zoneid, name: 'n1', networkofferingid: isolated }
    const networkid = idOf(await run(api.call, 'createNetwork', network, 'network'))
    const id = idOf((await api.call('associateIpAddress', { networkid })).body)
    await sql`insert into router (zone, network, linklocal, host_key_private, host_key_public)
      values (${zoneid}, ${networkid}, '169.254.7.7', '', '')`.execute(api.db)
    const destroyed = async (trx: Transaction<Database>) => {
      await trx.deleteFrom('router').where('network', '=', networkid).execute()
      await freeReleased(trx, { kind: 'network', id: networkid }, null)
    }
    expect(await behind(api, destroyed, ['disassociateIpAddress', { id }])).toEqual([200])
    const [address] = await list(api.call, 'listPublicIpAddresses', 'publicipaddress', { id, allocatedonly: 'false' })
    expect(address).toMatchObject({ state: 'Free' })
  })
})

/** The same order in every run. */
const shuffled = <T>(items: readonly T[], seed: number): readonly T[] => {
  let state = seed
  const keyed = items.map((item) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return { item, key: state }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}

it('commands and reconcilers lock in one order: none waits for one that waits for it', async () => {
  await using cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 0 })
  const { call, db } = cloud
  // A deadlock is broken by PostgreSQL and the command tried again: only its log tells.
  await sql.raw(`alter system set deadlock_timeout = '100ms'`).execute(db)
  await sql`select pg_reload_conf()`.execute(db)
  const zone = await setUpZone(call, 'local:?netns=rule-races')
  const { zoneid } = zone
  const range = { gateway: '203.0.113.1', netmask, startip: '203.0.113.20', endip: '203.0.113.60' }
  await run(call, 'createVlanIpRange', { zoneid, ...range }, 'vlan')
  const [offering] = await list(call, 'listVPCOfferings', 'vpcoffering', { name: 'Default VPC offering' })
  const vpc = { zoneid, cidr: '10.0.0.0/16', vpcofferingid: idOf(offering) }
  const vpcid = idOf(await run(call, 'createVPC', { ...vpc, name: 'v1' }, 'vpc'))
  const acl = idOf(await run(call, 'createNetworkACLList', { vpcid, name: 'a1' }, 'networkacllist'))
  const tier = { zoneid, vpcid, gateway: '10.0.1.1', netmask, networkofferingid: zone.tier, aclid: acl }
  const networks = [
    idOf(await run(call, 'createNetwork', { zoneid, name: 'n1', networkofferingid: zone.isolated }, 'network')),
    idOf(await run(call, 'createNetwork', { ...tier, name: 't1' }, 'network')),
  ]
  const deployed = async (name: string): Promise<string> => {
    const at = { ...zone.guest, name, networkids: networks.join() }
    return idOf((await run(call, 'deployVirtualMachine', at)).virtualmachine as Body)
  }
  const guests = await Promise.all(Array.from({ length: 3 }, (_, index) => deployed(`g${index}`)))
  const made = async (command: string, params: Readonly<Record<string, string>>): Promise<string> =>
    String((await call(command, params)).body.id)

  const commands: Command[] = []
  for (const [at, networkid] of networks.entries()) {
    const own: Readonly<Record<string, string>> = at === 0 ? { networkid } : { vpcid }
    for (const [index, guest] of guests.entries()) {
      const address = idOf(await run(call, 'associateIpAddress', own, 'ipaddress'))
      const to = { networkid, virtualmachineid: guest }
      const forward = { ...to, ipaddressid: address, protocol: 'tcp', privateport: '80' }
      const balance = { networkid, publicipid: address, privateport: '80', algorithm: 'source' }
      const forwarding = await made('createPortForwardingRule', { ...forward, publicport: '1' })
      const balancer = await made('createLoadBalancerRule', { ...balance, name: `b${at}${index}`, publicport: '2' })
      commands.push(
        ['createPortForwardingRule', { ...forward, publicport: '3' }],
        ['updatePortForwardingRule', { id: forwarding, privateport: '81' }],
        ['deletePortForwardingRule', { id: forwarding }],
        ['createLoadBalancerRule', { ...balance, name: `c${at}${index}`, publicport: '4' }],
        ['assignToLoadBalancerRule', { id: balancer, virtualmachineids: guest }],
        ['deleteLoadBalancerRule', { id: balancer }],
        ['associateIpAddress', own],
        ['disassociateIpAddress', { id: address }],
        ['updateVirtualMachine', { id: guest, displayname: `h${at}` }],
      )
    }
    const spare = idOf(await run(call, 'associateIpAddress', own, 'ipaddress'))
    commands.push(
      ['enableStaticNat', { ipaddressid: spare, networkid, virtualmachineid: guests[0] ?? '' }],
      ['restartNetwork', { id: networkid }],
    )
    if (at > 0) continue
    const open = { ipaddressid: spare, protocol: 'tcp', startport: '5', endport: '5' }
    const rule = await made('createFirewallRule', open)
    commands.push(['deleteFirewallRule', { id: rule }], ['disassociateIpAddress', { id: spare }])
  }
  const [routed] = await list(call, 'listNetworkACLLists', 'networkacllist', { name: 'default_allow' })
  commands.push(
    ['createNetworkACL', { aclid: acl, protocol: 'tcp', startport: '1', endport: '1' }],
    ['createNetworkACL', { aclid: acl, protocol: 'tcp', startport: '2', endport: '2' }],
    ['replaceNetworkACLList', { aclid: idOf(routed), networkid: networks[1] ?? '' }],
    ['replaceNetworkACLList', { aclid: acl, networkid: networks[1] ?? '' }],
    ['createNetwork', { ...tier, name: 't2', gateway: '10.0.2.1' }],
    ...guests.map((id): Command => ['destroyVirtualMachine', { id, expunge: 'true' }]),
  )
  const answers = await Promise.all(
    shuffled(commands, 3).map(async ([command, params]) => ({ command, ...(await call(command, params)) })),
  )
  expect(answers.filter(({ status }) => ![200, 431, 534, 536, 537].includes(status))).toEqual([])
  const running = db.selectFrom('async_job').select('cmd').where('jobstatus', '=', 0)
  await until('all jobs ended', async () => (await running.execute()).length === 0, { timeoutMs: 60_000 })
  const told = await readFile(join(lab.folder, 'db/postgres/server.log'), 'utf8')
  expect(told).toContain('starting PostgreSQL')
  expect(told.match(/deadlock detected[\s\S]{0,2000}/g)).toBeNull()
  // Whatever came first: nothing leads to a guest that is gone, or by an address that was given up.
  const { rows } = await sql`
    select id from ip_rule where public_ip in (select id from public_ip where allocated is null or release_revision is not null)
    union all select id from nic where guest is null and router is null
    union all select id from guest`.execute(db)
  expect(rows).toEqual([])
  expect(cloud.simulator.offences()).toEqual([])
}, 180_000)
