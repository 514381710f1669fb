import type { Database } from '@sysvm/manager/model'
import { FirewallSpec, LoadBalancerSpec, NatSpec } from '@sysvm/router/spec'
import { sql, type Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { behind } from './behind.ts'
import { atOnce } from './refusals.ts'
import { callerOf, makeAccount, makeDomain, serveAs } from './tenants.ts'

const netmask = '255.255.255.0'
const IP = '1'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let cloud: Awaited<ReturnType<typeof startApiCloud>>
let call: Call
let zone: Awaited<ReturnType<typeof setUpZone>>
let domainid: string
beforeAll(async () => {
  lab = await openTestCluster()
  cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 50 })
  call = cloud.call
  zone = await setUpZone(call, 'local:?netns=publicip')
  const more = { gateway: '203.0.113.1', netmask, startip: '203.0.113.20', endip: '203.0.113.60' }
  await run(call, 'createVlanIpRange', { zoneid: zone.zoneid, ...more }, 'vlan')
  domainid = await makeDomain(call, 'addressed')
})
afterAll(async () => {
  await cloud?.[Symbol.asyncDispose]()
  await lab?.remove()
})

const addresses = (as: Call, params: Readonly<Record<string, string>> = {}) =>
  list(as, 'listPublicIpAddresses', 'publicipaddress', params)

const tenant = async (name: string) => {
  const accountid = await makeAccount(call, name, domainid)
  const as = await serveAs(cloud.url, cloud.jobs, await callerOf(cloud.db, accountid))
  return { ...as, named: { account: name, domainid } }
}

const networkOf = async (as: Call, gateway: string, more: Readonly<Record<string, string>> = {}): Promise<string> => {
  const params = { zoneid: zone.zoneid, name: 'n', gateway, netmask, networkofferingid: zone.isolated, ...more }
  return idOf(await run(as, 'createNetwork', params, 'network'))
}

const vpcOf = async (as: Call) => {
  const [offering] = await list(call, 'listVPCOfferings', 'vpcoffering', { name: 'Default VPC offering' })
  const wanted = { zoneid: zone.zoneid, name: 'v', cidr: '10.9.0.0/16', vpcofferingid: idOf(offering) }
  const vpcid = idOf(await run(as, 'createVPC', wanted, 'vpc'))
  return { vpcid, tierid: await networkOf(as, '10.9.1.1', { vpcid, networkofferingid: zone.tier }) }
}

const deployOn = async (as: Call, networkids: string, name: string): Promise<string> =>
  idOf(await run(as, 'deployVirtualMachine', { ...zone.guest, networkids, name }, 'virtualmachine'))

const specOf = async (of: Readonly<Record<string, string>>) => {
  const [router] = await list(call, 'listRouters', 'router', { listall: 'true', ...of })
  const { services } = (cloud.simulator.agent(String(router?.linklocalip))?.spec ?? {}) as {
    services: Record<string, unknown>
  }
  return {
    nat: NatSpec.parse(services.nat),
    firewall: services.firewall === undefined ? undefined : FirewallSpec.parse(services.firewall),
    loadbalancer: services.loadbalancer === undefined ? undefined : LoadBalancerSpec.parse(services.loadbalancer),
  }
}

describe('an address that no network has yet', () => {
  it('is its account’s, counted and listed, and given back at once', async () => {
    await using alice = await tenant('alice')
    await run(call, 'updateResourceLimit', { ...alice.named, resourcetype: IP, max: '1' })
    const taken = await run(alice.call, 'associateIpAddress', { zoneid: zone.zoneid }, 'ipaddress')
    expect(taken).toMatchObject({ state: 'Allocated', zoneid: zone.zoneid, issourcenat: false, account: 'alice' })
    expect([taken.associatednetworkid, taken.vpcid]).toEqual([undefined, undefined])
    expect(await addresses(alice.call)).toEqual([taken])
    expect(await alice.call('associateIpAddress', { zoneid: zone.zoneid })).toMatchObject({ status: 532 })
    // Nobody else takes it, nor sees it.
    const ipaddress = String(taken.ipaddress)
    expect(await call('associateIpAddress', { zoneid: zone.zoneid, ipaddress })).toMatchObject({ status: 536 })
    await using bob = await tenant('bob')
    expect(await bob.call('disassociateIpAddress', { id: idOf(taken) })).toMatchObject({ status: 431 })
    expect(await alice.call('createFirewallRule', { ipaddressid: idOf(taken), protocol: 'tcp' })).toMatchObject({
      status: 534,
      body: { errortext: expect.stringMatching(/make a rule of another kind first/) },
    })
    await run(alice.call, 'disassociateIpAddress', { id: idOf(taken) })
    expect(await addresses(alice.call)).toEqual([])
    expect(await addresses(call, { ipaddress, allocatedonly: 'false' })).toMatchObject([{ state: 'Free' }])
  })

  it('is the only isolated network’s where the account has one in the zone', async () => {
    await using carol = await tenant('carol')
    const networkid = await networkOf(carol.call, '10.20.0.1')
    const taken = await run(carol.call, 'associateIpAddress', { zoneid: zone.zoneid }, 'ipaddress')
    expect(taken.associatednetworkid).toBe(networkid)
  })

  it('becomes that of the network that its first rule leads to, whatever the rule is for', async () => {
    await using dora = await tenant('dora')
    const [one, two] = [await networkOf(dora.call, '10.21.0.1'), await networkOf(dora.call, '10.22.0.1')]
    const [first, second] = [await deployOn(dora.call, one, 'one'), await deployOn(dora.call, two, 'two')]
    const takeNone = async () => idOf(await run(dora.call, 'associateIpAddress', { zoneid: zone.zoneid }, 'ipaddress'))
    const [forwarded, fixed, balanced] = [await takeNone(), await takeNone(), await takeNone()]
    const bindings = async () =>
      Object.fromEntries((await addresses(dora.call)).map((row) => [row.id, row.associatednetworkid]))
    expect(await bindings()).toMatchObject({ [forwarded]: undefined, [fixed]: undefined, [balanced]: undefined })

    const ports = { protocol: 'tcp', publicport: '80', privateport: '8080' }
    // Without a network the guest says it: it is on one alone.
    const forward = { ipaddressid: forwarded, virtualmachineid: second, ...ports }
    expect(await run(dora.call, 'createPortForwardingRule', forward, 'portforwardingrule')).toMatchObject({
      state: 'Active',
      networkid: two,
    })
    const stands = { ipaddressid: fixed, virtualmachineid: first, networkid: one }
    await run(dora.call, 'enableStaticNat', stands)
    const rule = { name: 'web', algorithm: 'roundrobin', publicport: '80', privateport: '80', publicipid: balanced }
    expect(await dora.call('createLoadBalancerRule', rule)).toMatchObject({
      status: 431,
      body: { errortext: expect.stringMatching(/networkid is required: no network has/) },
    })
    await run(dora.call, 'createLoadBalancerRule', { ...rule, networkid: one }, 'loadbalancer')
    expect(await bindings()).toMatchObject({ [forwarded]: two, [fixed]: one, [balanced]: one })
    expect((await specOf({ networkid: two })).nat.forwards).toMatchObject([{ port: 80, guestPort: 8080 }])
    expect((await specOf({ networkid: one })).nat.static).toHaveLength(1)

    // From then on it is like others: another network's guest is refused.
    expect(await dora.call('createPortForwardingRule', { ...forward, publicport: '81', networkid: one })).toMatchObject(
      { status: 431, body: { errortext: expect.stringMatching(/does not belong to the network/) } },
    )
    await run(dora.call, 'disassociateIpAddress', { id: forwarded })
    expect((await addresses(dora.call)).map(idOf)).not.toContain(forwarded)
  })

  it('becomes a VPC’s with the tier that it leads to; no other account’s network gets it', async () => {
    await using erin = await tenant('erin')
    const { vpcid, tierid } = await vpcOf(erin.call)
    const guestid = await deployOn(erin.call, tierid, 'e1')
    const id = idOf(await run(erin.call, 'associateIpAddress', { zoneid: zone.zoneid }, 'ipaddress'))
    const other = await networkOf(call, '10.23.0.1')
    const foreign = await deployOn(call, other, 'foreign')
    const forward = { ipaddressid: id, protocol: 'tcp', publicport: '80', privateport: '80' }
    expect(await call('createPortForwardingRule', { ...forward, virtualmachineid: foreign })).toMatchObject({
      status: 531,
    })
    await run(erin.call, 'createPortForwardingRule', { ...forward, virtualmachineid: guestid, networkid: tierid })
    expect(await addresses(erin.call, { id })).toMatchObject([{ vpcid, associatednetworkid: tierid }])
    expect((await specOf({ vpcid })).nat.forwards).toHaveLength(1)
    // Of a tier and its VPC together, as clients say it.
    const named = await run(erin.call, 'associateIpAddress', { vpcid, networkid: tierid }, 'ipaddress')
    expect(named).toMatchObject({ vpcid, state: 'Allocated' })
  })
})

describe('an address that is reserved', () => {
  it('is counted once when it is taken, by associateIpAddress and as source NAT', async () => {
    await using fred = await tenant('fred')
    const networkid = await networkOf(fred.call, '10.24.0.1')
    const [kept, nat] = (await addresses(call, { state: 'Free' })).slice(-2)
    await run(fred.call, 'reserveIpAddress', { id: idOf(kept) })
    // The one that its network will go out by, and this.
    await run(call, 'updateResourceLimit', { ...fred.named, resourcetype: IP, max: '2' })
    const taken = { networkid, ipaddress: String(kept?.ipaddress) }
    expect(await run(fred.call, 'associateIpAddress', taken, 'ipaddress')).toMatchObject({ id: idOf(kept) })
    expect(await fred.call('associateIpAddress', { networkid })).toMatchObject({ status: 532 })

    await run(call, 'updateResourceLimit', { ...fred.named, resourcetype: IP, max: '3' })
    await run(fred.call, 'reserveIpAddress', { id: idOf(nat) })
    const sourcenatipaddress = String(nat?.ipaddress)
    await networkOf(fred.call, '10.25.0.1', { sourcenatipaddress })
    expect(await addresses(fred.call, { id: idOf(nat) })).toMatchObject([{ issourcenat: true, state: 'Allocated' }])
  })
})

describe('an address that many want at once', () => {
  it('takes room in the limit when it is no longer reserved by the time it is held', async () => {
    await using kate = await tenant('kate')
    const networkid = await networkOf(kate.call, '10.26.0.1')
    const [kept] = (await addresses(call, { state: 'Free' })).slice(-1)
    const [id, ipaddress] = [idOf(kept), String(kept?.ipaddress)]
    await run(kate.call, 'reserveIpAddress', { id })
    await run(call, 'updateResourceLimit', { ...kate.named, resourcetype: IP, max: '1' })
    // The one that the network will go out by is all there is room for once it is given back.
    const release = (trx: Transaction<Database>) =>
      sql`update public_ip set reserved = false, account = null where id = ${id}`.execute(trx)
    const at = { db: cloud.db, call: kate.call }
    expect(await behind(at, release, ['associateIpAddress', { networkid, ipaddress }])).toEqual([532])
    expect(await addresses(call, { id, allocatedonly: 'false' })).toMatchObject([{ state: 'Free' }])
  })

  it('becomes one network’s, of which its rules are from then on', async () => {
    await using lena = await tenant('lena')
    const networks = [await networkOf(lena.call, '10.27.0.1'), await networkOf(lena.call, '10.28.0.1')]
    const guests = await Promise.all(
      networks.map(async (networkids, index) => {
        const params = { ...zone.guest, networkids, name: `l${index}`, startvm: 'false' }
        return String((await lena.call('deployVirtualMachine', params)).body.id)
      }),
    )
    const ipaddressid = idOf(await run(lena.call, 'associateIpAddress', { zoneid: zone.zoneid }, 'ipaddress'))
    const ports = { ipaddressid, protocol: 'tcp', privateport: '80' }
    const statuses = await atOnce(8, (index) =>
      lena.call('createPortForwardingRule', {
        ...{ ...ports, publicport: String(1000 + index), virtualmachineid: guests[index % 2] ?? '' },
      }),
    )
    expect(statuses).toEqual([...Array(4).fill(200), ...Array(4).fill(431)])
    const rules = await list(lena.call, 'listPortForwardingRules', 'portforwardingrule')
    const [bound] = await addresses(lena.call, { id: ipaddressid })
    expect(rules.map((rule) => rule.networkid)).toEqual(Array(4).fill(bound?.associatednetworkid))
  })
})

describe('a range of public addresses', () => {
  const rangeOf = (last: number, more: Readonly<Record<string, string>> = {}) => ({
    ...{ zoneid: zone.zoneid, gateway: '203.0.113.1', netmask },
    ...{ startip: `203.0.113.${last}`, endip: `203.0.113.${last + 1}`, ...more },
  })
  const associate = async (as: Call): Promise<string> =>
    String((await run(as, 'associateIpAddress', { zoneid: zone.zoneid }, 'ipaddress')).ipaddress)
  const ranges = async (params: Readonly<Record<string, string>>) =>
    (await list(call, 'listVlanIpRanges', 'vlaniprange', params)).map(idOf)

  it('of one account is used by it alone and first, until it is released', async () => {
    await using gina = await tenant('gina')
    await using hugo = await tenant('hugo')
    const made = await run(call, 'createVlanIpRange', rangeOf(100, gina.named), 'vlan')
    expect(made).toMatchObject({ ...gina.named, domainpath: 'ROOT/addressed', startip: '203.0.113.100' })
    expect(await ranges(gina.named)).toEqual([idOf(made)])
    expect(await ranges(hugo.named)).toEqual([])
    expect(await ranges({ domainid })).toEqual([idOf(made)])

    expect(await hugo.call('associateIpAddress', { zoneid: zone.zoneid, ipaddress: '203.0.113.101' })).toMatchObject({
      status: 531,
      body: { errortext: expect.stringMatching(/dedicated to others/) },
    })
    const named = { ipaddress: '203.0.113.101', allocatedonly: 'false' }
    expect(await addresses(hugo.call, named)).toEqual([])
    const [free] = await addresses(gina.call, named)
    expect(await hugo.call('reserveIpAddress', { id: idOf(free) })).toMatchObject({ status: 531 })
    // Hers first, then everyone's; his of everyone's, though hers come earlier than the last of these.
    expect([await associate(gina.call), await associate(gina.call)]).toEqual(['203.0.113.100', '203.0.113.101'])
    const third = await associate(gina.call)
    expect(third).toMatch(/^203\.0\.113\.[1-6]\d$/)
    expect(await associate(hugo.call)).toMatch(/^203\.0\.113\.[1-6]\d$/)

    await run(call, 'releasePublicIpRange', { id: idOf(made) })
    expect(await ranges(gina.named)).toEqual([])
    expect(await call('releasePublicIpRange', { id: idOf(made) })).toMatchObject({ status: 534 })
    // What she has of it stays hers, and is in the way of others.
    expect(await call('dedicatePublicIpRange', { id: idOf(made), ...hugo.named })).toMatchObject({
      status: 536,
      body: { errortext: expect.stringMatching(/Another account has 203\.0\.113\.100/) },
    })
    expect(await run(call, 'dedicatePublicIpRange', { id: idOf(made), domainid }, 'vlaniprange')).toMatchObject({
      domainid,
    })
    expect(await call('dedicatePublicIpRange', { id: idOf(made), ...gina.named })).toMatchObject({ status: 534 })
  })

  it('of a domain is its accounts’, and everyone’s once that is gone', async () => {
    const gone = await makeDomain(call, 'gone')
    await using ivan = await tenant('ivan')
    const id = idOf(await run(call, 'createVlanIpRange', rangeOf(110, { domainid: gone }), 'vlan'))
    const named = { zoneid: zone.zoneid, ipaddress: '203.0.113.110' }
    expect(await ivan.call('associateIpAddress', named)).toMatchObject({ status: 531 })
    await run(call, 'deleteDomain', { id: gone })
    expect(await list(call, 'listVlanIpRanges', 'vlaniprange', { id })).toMatchObject([{ id }])
    await run(ivan.call, 'associateIpAddress', named)
  })

  it('grows and shrinks around what is taken of it', async () => {
    const id = idOf(await run(call, 'createVlanIpRange', rangeOf(120), 'vlan'))
    const all = async () =>
      (await addresses(call, { vlanid: id, allocatedonly: 'false', listall: 'true' })).map((row) => row.ipaddress)
    const longer = await run(call, 'updateVlanIpRange', { id, endip: '203.0.113.123' }, 'vlaniprange')
    expect(longer).toMatchObject({ id, startip: '203.0.113.120', endip: '203.0.113.123', cidr: '203.0.113.0/24' })
    await using jane = await tenant('jane')
    await run(jane.call, 'associateIpAddress', { zoneid: zone.zoneid, ipaddress: '203.0.113.122' })
    await run(call, 'updateVlanIpRange', { id, startip: '203.0.113.122', endip: '203.0.113.124' })
    expect(await all()).toEqual(['203.0.113.122', '203.0.113.123', '203.0.113.124'])
    for (const [params, status, text] of [
      [{ startip: '203.0.113.123' }, 536, /203\.0\.113\.122 is taken and would be outside/],
      [{ netmask: '255.255.0.0' }, 536, /203\.0\.113\.122 for one: its gateway and netmask stay/],
      [{ endip: '203.0.113.121' }, 431, /comes before startip/],
      [{ endip: '203.0.114.9' }, 431, /not in the gateway's network/],
      [{ startip: '203.0.113.60' }, 537, /overlap those of another vlan range/],
    ] as const)
      expect(await call('updateVlanIpRange', { id, ...params })).toMatchObject({
        status,
        body: { errortext: expect.stringMatching(text) },
      })
    expect(await all()).toEqual(['203.0.113.122', '203.0.113.123', '203.0.113.124'])
  })
})
