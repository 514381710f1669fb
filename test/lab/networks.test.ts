import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, type Call, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'

const netmask = '255.255.255.0'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let cloud: Awaited<ReturnType<typeof startApiCloud>>
let call: Call
let zone: Awaited<ReturnType<typeof setUpZone>>
beforeAll(async () => {
  lab = await openTestCluster()
  cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 50 })
  call = cloud.call
  zone = await setUpZone(call, 'local:?netns=networks')
})
afterAll(async () => {
  await cloud?.[Symbol.asyncDispose]()
  await lab?.remove()
})

const make = async (command: string, object: string, params: Readonly<Record<string, string>>): Promise<string> =>
  idOf(await run(call, command, params, object))

const offeringOf = (name: string, supportedservices: string, more: Readonly<Record<string, string>> = {}) =>
  make('createNetworkOffering', 'networkoffering', {
    ...{ name, guestiptype: 'Isolated', traffictype: 'Guest', enable: 'true', supportedservices },
    ...more,
  })

const networkOf = (params: Readonly<Record<string, string>>): Promise<string> =>
  make('createNetwork', 'network', { zoneid: zone.zoneid, name: 'n', ...params })

const deployOn = (networkids: string, name: string): Promise<string> =>
  make('deployVirtualMachine', 'virtualmachine', { ...zone.guest, networkids, name })

/** What the network's router was told last. */
const servicesOf = async (networkid: string): Promise<Readonly<Record<string, unknown>>> => {
  const [router] = await list(call, 'listRouters', 'router', { networkid })
  const spec = cloud.simulator.agent(String(router?.linklocalip))?.spec as { services: Record<string, unknown> }
  return spec.services
}

const refused = (status: number, text: RegExp) => ({ status, body: { errortext: expect.stringMatching(text) } })

describe('another offering of a network', () => {
  const ALL = 'Dhcp,Dns,UserData,SourceNat,Firewall'

  it('has its router give other services, and keeps those that rules are about', async () => {
    const [wide, narrow] = [
      await offeringOf('wide', `${ALL},PortForwarding,StaticNat,Lb`),
      await offeringOf('narrow', ALL),
    ]
    const bare = await offeringOf('bare', 'Dhcp,SourceNat', { networkrate: '5', egressdefaultpolicy: 'false' })
    const id = await networkOf({ networkofferingid: narrow, gateway: '10.31.0.1', netmask })
    const virtualmachineid = await deployOn(id, 'one')
    const [source] = await list(call, 'listPublicIpAddresses', 'publicipaddress', { associatednetworkid: id })
    const forward = {
      ipaddressid: idOf(source),
      virtualmachineid,
      protocol: 'tcp',
      publicport: '80',
      privateport: '80',
    }
    expect(await call('createPortForwardingRule', forward)).toMatchObject(refused(431, /no service PortForwarding/))

    const wider = await run(call, 'updateNetwork', { id, networkofferingid: wide, updateinsequence: 'true' }, 'network')
    expect(wider).toMatchObject({ id, networkofferingid: wide, networkofferingname: 'wide', state: 'Implemented' })
    const rule = await make('createPortForwardingRule', 'portforwardingrule', forward)

    // A rule stands in the way, and so does the firewall's that came with it.
    expect(await call('updateNetwork', { id, networkofferingid: narrow })).toMatchObject(
      refused(536, new RegExp(`no service PortForwarding, which ${rule} of the network uses`)),
    )
    await run(call, 'deletePortForwardingRule', { id: rule })
    const egress = { networkid: id, protocol: 'tcp', startport: '25' }
    const closed = await make('createEgressFirewallRule', 'firewallrule', egress)
    expect(await call('updateNetwork', { id, networkofferingid: bare })).toMatchObject(
      refused(536, new RegExp(`no service Firewall, which ${closed}`)),
    )
    await run(call, 'deleteEgressFirewallRule', { id: closed })
    expect(Object.keys(await servicesOf(id))).toEqual(expect.arrayContaining(['dhcp', 'dns', 'metadata']))
    await run(call, 'updateNetwork', { id, networkofferingid: bare })
    const services = await servicesOf(id)
    expect([services.dns, services.metadata]).toEqual([undefined, undefined])
    expect(services).toMatchObject({ dhcp: { subnets: [{ gateway: '10.31.0.1' }] }, firewall: { egress: 'deny' } })
    expect(services.qos).toBeDefined()
  })

  it('is refused where it would be another network', async () => {
    const id = await networkOf({ networkofferingid: zone.isolated, gateway: '10.32.0.1', netmask })
    const other = (name: string, services: string, more: Readonly<Record<string, string>> = {}) =>
      offeringOf(name, services, more)
    for (const [networkofferingid, text] of [
      [await other('unsourced', 'Dhcp,Dns'), /differs from .* in SourceNat/],
      [await other('routed', 'Dhcp,Dns', { networkmode: 'ROUTED' }), /differs from .* in networkmode/],
      [await other('dual', ALL, { internetprotocol: 'DualStack' }), /differs from .* in internetprotocol/],
      [await other('off', ALL, { enable: 'false' }), /off is disabled/],
      [zone.tier, /differs from .* in forvpc/],
    ] as const)
      expect(await call('updateNetwork', { id, networkofferingid })).toMatchObject(refused(431, text))
    for (const [name, value] of [
      ['guestvmcidr', '10.32.0.0/25'],
      ['changecidr', 'true'],
      ['forced', 'true'],
    ] as const)
      expect(await call('updateNetwork', { id, [name]: value })).toMatchObject(refused(431, new RegExp(name)))
    expect(await list(call, 'listNetworks', 'network', { id })).toMatchObject([{ networkofferingid: zone.isolated }])
  })
})

describe('a network of type L2', () => {
  const wireOf = async (params: Readonly<Record<string, string>> = {}) => {
    const [offering] = await list(call, 'listNetworkOfferings', 'networkoffering', { guestiptype: 'L2' })
    expect(offering).toMatchObject({ name: 'DefaultL2NetworkOffering', service: [] })
    return { zoneid: zone.zoneid, name: 'wire', networkofferingid: idOf(offering), ...params }
  }

  it('has neither router nor addresses, and guests on several hosts', async () => {
    const made = await run(call, 'createNetwork', await wireOf(), 'network')
    expect(made).toMatchObject({ type: 'L2', state: 'Allocated', service: [] })
    expect([made.cidr, made.gateway, made.netmask]).toEqual([undefined, undefined, undefined])
    const id = idOf(made)
    const one = await deployOn(id, 'w1')
    const isolated = await networkOf({ networkofferingid: zone.isolated, gateway: '10.33.0.1', netmask })
    const both = await deployOn(`${isolated},${id}`, 'w2')
    const nics = async (guest: string) =>
      (await list(call, 'listVirtualMachines', 'virtualmachine', { id: guest }))[0]?.nic as readonly Body[]
    expect(await nics(one)).toMatchObject([
      { networkid: id, type: 'L2', macaddress: expect.any(String), isdefault: true },
    ])
    expect((await nics(one))[0]).not.toHaveProperty('ipaddress')
    expect(await nics(both)).toMatchObject([{ type: 'Isolated', ipaddress: expect.any(String) }, { type: 'L2' }])
    expect(await list(call, 'listRouters', 'router', { networkid: id })).toEqual([])
    expect(await list(call, 'listNetworks', 'network', { type: 'L2' })).toMatchObject([
      { id, state: 'Implemented', broadcasturi: expect.stringMatching(/^vxlan:/), restartrequired: false },
    ])
    await run(call, 'restartNetwork', { id })
    await run(call, 'removeNicFromVirtualMachine', { virtualmachineid: both, nicid: idOf((await nics(both))[1]) })
    await run(call, 'addNicToVirtualMachine', { virtualmachineid: both, networkid: id })
    for (const guest of [one, both]) await run(call, 'destroyVirtualMachine', { id: guest, expunge: 'true' })
    await run(call, 'deleteNetwork', { id })
    expect(await list(call, 'listNetworks', 'network', { type: 'L2' })).toEqual([])
  })

  it('refuses what only a router could do', async () => {
    const id = await make('createNetwork', 'network', await wireOf())
    const { zoneid } = zone
    const guest = { ...zone.guest, networkids: id, name: 'refused' }
    const l2 = { name: 'served', guestiptype: 'L2', traffictype: 'Guest' }
    for (const [command, params, text] of [
      ['createNetwork', await wireOf({ gateway: '10.34.0.1', netmask }), /gateway: a network of type L2 has neither/],
      ['createNetwork', await wireOf({ networkdomain: 'wire.example' }), /networkdomain: a network of type L2/],
      ['createNetworkOffering', { ...l2, supportedservices: 'Dhcp' }, /supportedservices: networks of type L2 have no/],
      ['createNetworkOffering', { ...l2, networkrate: '5' }, /networkrate: networks of type L2/],
      ['createNetworkOffering', { ...l2, forvpc: 'true' }, /forvpc: networks of type L2/],
      ['deployVirtualMachine', { ...guest, ipaddress: '10.1.1.9' }, /wire is of type L2/],
      ['associateIpAddress', { networkid: id }, /no service SourceNat/],
      ['createEgressFirewallRule', { networkid: id, protocol: 'all' }, /no service Firewall/],
      ['updateNetwork', { id, networkofferingid: zone.isolated }, /in guestiptype/],
      ['updateNetwork', { id, sourcenatipaddress: '203.0.113.10' }, /no service SourceNat/],
    ] as const)
      expect({ command, ...(await call(command, params)) }).toMatchObject({ command, ...refused(431, text) })
    await run(call, 'deleteNetwork', { id })
    expect(await list(call, 'listNetworks', 'network', { zoneid, type: 'Shared' })).toEqual([])
  })
})
