import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../lab/index.ts'
import { type Cloud, createCloud, idOf, one } from './cloud/index.ts'
import { leaksOf, watchProcesses } from './cloud/leaks.ts'
import { script, watchPage } from './cloud/scripts.ts'

const policy = { ikepolicy: 'aes256-sha256;modp2048', esppolicy: 'aes128-sha256;modp2048' }
const PSK = 'correct horse battery staple'
const WRONG = 'another horse of another battery'

/** A VPC with one guest, and its end of a tunnel. */
interface Site {
  readonly vpcid: string
  readonly cidr: string
  readonly publicip: string
  readonly gateway: string
  readonly tier: string
  readonly guest: string
}

describe('two VPCs of one cloud', () => {
  let cloud: Cloud
  let left: Site
  let right: Site

  const listOf: Cloud['list'] = (...call) => cloud.list(...call)
  const aclNamed = async (name: string): Promise<string> =>
    idOf(one(await cloud.client.call('listNetworkACLLists', { name }), 'networkacllist'))
  const site = async (name: string, net: number, seen: number): Promise<Site> => {
    const { run, client, zone: zoneid } = cloud
    const offering = one(await client.call('listVPCOfferings', { name: 'Default VPC offering' }), 'vpcoffering')
    const cidr = `10.${net}.0.0/16`
    const vpcid = idOf(await run('createVPC', { name, cidr, zoneid, vpcofferingid: idOf(offering) }))
    const tierOffering = { name: 'DefaultIsolatedNetworkOfferingForVpcNetworksNoLB' }
    const networkofferingid = idOf(one(await client.call('listNetworkOfferings', tierOffering), 'networkoffering'))
    const size = { gateway: `10.${net}.1.1`, netmask: '255.255.255.0' }
    const aclid = await aclNamed('default_allow')
    const tier = idOf(await run('createNetwork', { name, networkofferingid, zoneid, vpcid, aclid, ...size }))
    const watching = script(watchPage(cloud.driver, 'far', `http://10.${seen}.1.10/`))
    const guest = idOf(await cloud.deploy(name, tier, watching, { ipaddress: `10.${net}.1.10` }))
    const { id, publicip } = await run('createVpnGateway', { vpcid })
    return { vpcid, cidr, publicip: String(publicip), gateway: String(id), tier, guest }
  }
  const peer = (name: string, there: Site, more: Record<string, string> = {}) =>
    cloud.run('createVpnCustomerGateway', {
      ...{ name, gateway: there.publicip, cidrlist: there.cidr, ipsecpsk: PSK, ikeversion: 'ikev2', dpd: true },
      ...policy,
      ...more,
    })
  const connect = async (here: Site, customer: unknown, passive: boolean): Promise<string> => {
    const ends = { s2svpngatewayid: here.gateway, s2scustomergatewayid: String(customer) }
    return idOf(await cloud.run('createVpnConnection', { ...ends, passive }))
  }
  const stateIs = (id: string, ...states: readonly string[]) =>
    until(
      `the connection is ${states.join(' or ')}`,
      async () => {
        const [found] = await listOf('listVpnConnections', 'vpnconnection', { id })
        return states.includes(String(found?.state)) ? found : undefined
      },
      { timeoutMs: cloud.patienceMs },
    )
  const sees = (guest: string, value: string) =>
    until(`the guest says far=${value}`, async () => (await cloud.facts(guest)).far === value, {
      timeoutMs: cloud.patienceMs,
    })

  beforeAll(async () => {
    cloud = await createCloud('vpn', { driver: 'container' })
    ;[left, right] = await Promise.all([site('left', 10, 20), site('right', 20, 10)])
  })
  afterAll(() => cloud?.[Symbol.asyncDispose]())

  test('are told what is wrong, and reach each other through a tunnel as soon as it is right', async () => {
    const { run } = cloud
    const processes = watchProcesses()
    await sees(left.guest, 'no')
    const [toRight, toLeft] = [await peer('right', right), await peer('left', left, { ipsecpsk: WRONG })]
    const passive = await connect(right, toLeft.id, true)
    const active = await connect(left, toRight.id, false)
    const wrong = await stateIs(active, 'Error')
    expect(wrong.reason).toMatch(/AUTH/i)
    expect(await listOf('listVpnConnections', 'vpnconnection', { vpcid: right.vpcid })).toMatchObject([
      { id: passive, passive: true, gateway: left.publicip },
    ])
    const mended = { id: idOf(toLeft), gateway: left.publicip, cidrlist: left.cidr, ipsecpsk: PSK, name: 'left' }
    await run('updateVpnCustomerGateway', { ...mended, ...policy, ikeversion: 'ikev2', dpd: true })
    await run('resetVpnConnection', { id: active })
    await stateIs(active, 'Connected')
    await stateIs(passive, 'Connected')
    await sees(left.guest, 'ok')
    await sees(right.guest, 'ok')

    // What comes out of the tunnel is for the tier's ACL to judge.
    await run('replaceNetworkACLList', { networkid: right.tier, aclid: await aclNamed('default_deny') })
    await sees(left.guest, 'no')
    await stateIs(active, 'Connected')
    await run('replaceNetworkACLList', { networkid: right.tier, aclid: await aclNamed('default_allow') })
    await sees(left.guest, 'ok')

    expect(await leaksOf(cloud, [PSK, WRONG], { 'a command line': await processes() })).toEqual([])

    await run('deleteVpnConnection', { id: active })
    await sees(left.guest, 'no')
    await stateIs(passive, 'Disconnected')
    const states = await listOf('listEvents', 'event', { type: 'VPN.S2S.CONNECTION.STATE', keyword: 'Connected' })
    expect(states.length).toBeGreaterThan(1)
  })
})
