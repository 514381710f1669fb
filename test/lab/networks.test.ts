import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApiCloud } from '../simulator/api.ts'
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
