import { VpnSpec } from '@sysvm/router/spec'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { makeAccount, makeDomain } from './tenants.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let cloud: Awaited<ReturnType<typeof startApiCloud>>
let zoneid: string
let vpcofferingid: string
beforeAll(async () => {
  lab = await openTestCluster()
  cloud = await startApiCloud(lab.cluster, lab.folder, {
    commitSpacingMs: 0,
    follow: { roundMs: 50, silentMs: 200, readMs: 500, againMs: [20, 100] },
  })
  const zone = await setUpZone(cloud.call, 'local:?netns=vpn-h1')
  zoneid = zone.zoneid
  vpcofferingid = idOf((await list(cloud.call, 'listVPCOfferings', 'vpcoffering'))[0])
  const range = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.20', endip: '203.0.113.60' }
  await run(cloud.call, 'createVlanIpRange', { zoneid, forvirtualnetwork: 'true', ...range }, 'vlan')
})
afterAll(async () => {
  try {
    expect(cloud?.simulator.offences()).toEqual([])
  } finally {
    await cloud?.[Symbol.asyncDispose]()
    await lab?.remove()
  }
})

const PSK = 'correct horse battery staple'
const strong = { ikepolicy: 'aes256-sha256;modp2048', esppolicy: 'aes256-sha256;modp2048' }

const peer = (name: string, gateway: string, cidrlist: string, more: Record<string, string> = {}) =>
  run(
    cloud.call,
    'createVpnCustomerGateway',
    { name, gateway, cidrlist, ipsecpsk: PSK, ...strong, ...more },
    'vpncustomergateway',
  )

/** A VPC with its router and a VPN gateway. */
const setUp = async (name: string, cidr: string, owner: Record<string, string> = {}) => {
  const { call, simulator } = cloud
  const vpcid = idOf(await run(call, 'createVPC', { zoneid, vpcofferingid, name, cidr, ...owner }, 'vpc'))
  const gateway = await run(call, 'createVpnGateway', { vpcid }, 'vpngateway')
  const router = async () =>
    String((await list(call, 'listRouters', 'router', { vpcid, listall: 'true' }))[0]?.linklocalip)
  const linklocal = await router()
  return {
    vpcid,
    gateway,
    linklocal,
    connect: (customer: Record<string, unknown>, more: Record<string, string> = {}) =>
      run(
        call,
        'createVpnConnection',
        { s2svpngatewayid: idOf(gateway), s2scustomergatewayid: idOf(customer), ...more },
        'vpnconnection',
      ),
    spec: () => {
      const { services } = (simulator.agent(linklocal)?.spec ?? { services: {} }) as { services: { vpn?: unknown } }
      return services.vpn === undefined ? undefined : VpnSpec.parse(services.vpn)
    },
    shown: async (id: string) => (await list(call, 'listVpnConnections', 'vpnconnection', { id }))[0],
  }
}

const refusal = async (command: string, params: Record<string, string>) => {
  const { status, body } = await cloud.call(command, params)
  return { status, text: String(body.errortext) }
}

describe('site-to-site VPN through the API', () => {
  it('comes to the router, tells its state as the router does, is reset and goes', async () => {
    const { call, simulator } = cloud
    const at = await setUp('v1', '10.8.0.0/16')
    const [source] = await list(call, 'listPublicIpAddresses', 'publicipaddress', { vpcid: at.vpcid })
    expect(at.gateway).toMatchObject({ publicip: source?.ipaddress, vpcid: at.vpcid, vpcname: 'v1', account: 'admin' })
    expect(at.spec()).toBeUndefined()

    const branch = await peer('branch', '198.51.100.1', '10.60.0.0/16,10.61.4.0/24', {
      ...{ ikepolicy: 'AES256-sha256;modp2048, 3des-md5;modp1024', esppolicy: 'aes128-sha1', ikelifetime: '7200' },
      ...{ dpd: 'true', forceencap: 'true', splitconnections: 'true', ikeversion: 'IKEv1' },
    })
    expect(branch).toMatchObject({
      ...{ name: 'branch', gateway: '198.51.100.1', ipaddress: '198.51.100.1', cidrlist: '10.60.0.0/16,10.61.4.0/24' },
      ...{ ikepolicy: 'aes256-sha256;modp2048,3des-md5;modp1024', esppolicy: 'aes128-sha1', ipsecpsk: PSK },
      ...{ ikelifetime: 7200, esplifetime: 3600, dpd: true, forceencap: true, splitconnections: true },
      ...{ ikeversion: 'ikev1', account: 'admin' },
      warnings: [
        expect.stringMatching(/^ikepolicy: 3des: /),
        expect.stringMatching(/^ikepolicy: md5: /),
        expect.stringMatching(/^ikepolicy: modp1024: /),
        expect.stringMatching(/^esppolicy: sha1: /),
      ],
    })
    const tunnel = await at.connect(branch)
    const id = idOf(tunnel)
    expect(tunnel).toMatchObject({
      ...{ s2svpngatewayid: at.gateway.id, s2scustomergatewayid: branch.id, publicip: source?.ipaddress },
      ...{ gateway: '198.51.100.1', passive: false, ipsecpsk: PSK, ikeversion: 'ikev1' },
    })
    expect(at.spec()?.connections).toEqual([
      {
        id,
        version: 'ikev1',
        local: { address: source?.ipaddress, subnets: ['10.8.0.0/16'] },
        remote: { gateway: '198.51.100.1', subnets: ['10.60.0.0/16', '10.61.4.0/24'] },
        ike: { proposals: ['aes256-sha256-modp2048', '3des-md5-modp1024'], lifetimeSeconds: 7200 },
        esp: { proposals: ['aes128-sha1'], lifetimeSeconds: 3600 },
        dpd: { delaySeconds: 30, timeoutSeconds: 120 },
        ...{ encap: true, passive: false, split: true, resets: 0, psk: PSK },
      },
    ])

    const stateIs = (state: string, reason?: string) =>
      until(`the tunnel is ${state}`, async () => {
        const shown = await at.shown(id)
        return shown?.state === state && shown?.reason === reason
      })
    // Nothing is concluded from a router that does not speak of it: it may have only just begun.
    const asked = simulator.asked(at.linklocal)
    await until('the router was asked again, twice', async () => simulator.asked(at.linklocal) > asked + 1)
    expect(await at.shown(id)).toMatchObject({ state: 'Connecting' })
    // What it is not given is in error, for the reason that it is not given for.
    const behind = (cidrlist: string) =>
      sql`update vpn_customer_gateway set cidrlist = ${`{${cidrlist}}`} where id = ${idOf(branch)}`.execute(cloud.db)
    await behind('203.0.113.128/25')
    await stateIs(
      'Error',
      'Networks behind its peer overlap a network of the router, or the addresses of its remote access VPN.',
    )
    await behind('10.60.0.0/16,10.61.4.0/24')
    simulator.tunnels(at.linklocal, [{ id, state: 'Connecting' }])
    await stateIs('Connecting')
    simulator.tunnels(at.linklocal, [{ id, state: 'Error', reason: 'received AUTHENTICATION_FAILED' }])
    await stateIs('Error', 'received AUTHENTICATION_FAILED')
    simulator.tunnels(at.linklocal, [{ id, state: 'Connected' }])
    await stateIs('Connected')
    expect((await at.shown(id))?.reason).toBeUndefined()
    const events = await list(call, 'listEvents', 'event', { type: 'VPN.S2S.CONNECTION.STATE' })
    expect(events[0]).toMatchObject({
      ...{ account: 'admin', resourcename: 'branch', level: 'INFO' },
      description: 'VPN connection to branch was Error and is Connected',
    })

    await run(call, 'resetVpnConnection', { id }, 'vpnconnection')
    expect(at.spec()?.connections[0]?.resets).toBe(1)
    const changed = { id: idOf(branch), gateway: '198.51.100.2', cidrlist: '10.62.0.0/16', ipsecpsk: 'x', ...strong }
    const updated = await run(call, 'updateVpnCustomerGateway', changed, 'vpncustomergateway')
    expect(updated).toMatchObject({
      ...{ name: 'VPN-198.51.100.2', dpd: false, ikeversion: 'ike', ikelifetime: 86_400 },
      warnings: ['ipsecpsk: it has fewer than 20 characters'],
    })
    await until('the router has the change', async () => at.spec()?.connections[0]?.resets === 2)
    expect(at.spec()?.connections).toMatchObject([
      { id, remote: { gateway: '198.51.100.2', subnets: ['10.62.0.0/16'] }, psk: 'x', version: 'ike' },
    ])
    expect(at.spec()?.connections[0]?.dpd).toBeUndefined()
    // A name is nothing to its router: the tunnel stays.
    await stateIs('Connected')
    await run(call, 'updateVpnCustomerGateway', { ...changed, name: 'renamed' }, 'vpncustomergateway')
    const { rows: kept } = await sql`select state, resets from vpn_connection where id = ${id}`.execute(cloud.db)
    expect(kept).toEqual([{ state: 'Connected', resets: 2 }])

    expect(await refusal('deleteVpnCustomerGateway', { id: idOf(branch) })).toMatchObject({ status: 536 })
    expect(await refusal('deleteVpnGateway', { id: idOf(at.gateway) })).toMatchObject({ status: 536 })
    await run(call, 'stopRouter', { id: idOf((await list(call, 'listRouters', 'router', { vpcid: at.vpcid }))[0]) })
    expect((await at.shown(id))?.state).toBe('Disconnected')
    await run(call, 'deleteVpnConnection', { id })
    expect(await list(call, 'listVpnConnections', 'vpnconnection', { listall: 'true' })).toEqual([])
    await run(call, 'deleteVpnCustomerGateway', { id: idOf(branch) })
    await run(call, 'deleteVpnGateway', { id: idOf(at.gateway) })
    expect(await list(call, 'listVpnGateways', 'vpngateway', { vpcid: at.vpcid })).toEqual([])
  }, 60_000)

  it('is told what happens when it happens, and that nothing is heard of a router when that is so', async () => {
    const { call, simulator } = cloud
    const tunnel = async (name: string, net: number) => {
      const at = await setUp(name, `10.${net}.0.0/16`)
      const id = idOf(await at.connect(await peer(`${name}-peer`, `198.51.100.${net}`, `10.${net + 100}.0.0/16`)))
      const tells = (state: string) => simulator.tunnels(at.linklocal, [{ id, state }])
      const stateIs = (state: string, reason?: RegExp) =>
        until(`${name} is ${state}`, async () => {
          const shown = await at.shown(id)
          return shown?.state === state && (reason ?? /^$/).test(String(shown?.reason ?? ''))
        })
      return { ...at, id, tells, stateIs }
    }
    const [one, other] = [await tunnel('heard', 30), await tunnel('unheard', 31)]
    for (const each of [one, other]) {
      each.tells('Connected')
      await each.stateIs('Connected')
    }
    simulator.mute(other.linklocal)
    await other.stateIs('Disconnected', /^Nothing is heard of its router: /)
    // Whoever does not answer holds up nobody else.
    for (const state of ['Connecting', 'Connected']) {
      one.tells(state)
      await one.stateIs(state)
    }
    const history = async (name: string) =>
      (await list(call, 'listEvents', 'event', { type: 'VPN.S2S.CONNECTION.STATE', pagesize: '100', page: '1' }))
        .filter(({ resourcename }) => resourcename === `${name}-peer`)
        .map(({ description }) => String(description).replace(/^.* was/, 'was'))
        .toReversed()
    expect(await history('heard')).toEqual([
      'was Connecting and is Connected',
      'was Connected and is Connecting',
      'was Connecting and is Connected',
    ])
    simulator.mute(other.linklocal, false)
    await other.stateIs('Connected')
    expect(await history('unheard')).toEqual([
      'was Connecting and is Connected',
      expect.stringMatching(/^was Connected and is Disconnected: Nothing is heard of its router: Nothing answers at /),
      'was Disconnected and is Connected',
    ])
  }, 60_000)

  it('takes its ports from forwarding, and gives them back', async () => {
    const { call, db } = cloud
    const at = await setUp('v2', '10.9.0.0/16')
    const taken = () =>
      db
        .selectFrom('ip_rule')
        .innerJoin('public_ip', 'public_ip.id', 'ip_rule.public_ip')
        .select(['purpose', 'ports'])
        .where('vpc', '=', at.vpcid)
        .orderBy('ports')
        .execute()
    expect(await taken()).toEqual([
      { purpose: 'Vpn', ports: '[500,501)' },
      { purpose: 'Vpn', ports: '[4500,4501)' },
    ])
    await run(call, 'deleteVpnGateway', { id: idOf(at.gateway) })
    expect(await taken()).toEqual([])
    const ipaddressid = idOf(await run(call, 'associateIpAddress', { vpcid: at.vpcid }, 'ipaddress'))
    const again = await run(call, 'createVpnGateway', { vpcid: at.vpcid, ipaddressid }, 'vpngateway')
    const [address] = await list(call, 'listPublicIpAddresses', 'publicipaddress', { id: ipaddressid })
    expect(again.publicip).toBe(address?.ipaddress)
    expect(await refusal('createVpnGateway', { vpcid: at.vpcid })).toMatchObject({
      status: 431,
      text: `Parameter vpcid: VPC v2 has the VPN gateway ${again.id}.`,
    })
    const there = await peer('there', '198.51.100.3', '10.63.0.0/16')
    const waiting = await at.connect(there, { s2svpngatewayid: idOf(again), passive: 'true' })
    // It calls nobody, after a reset as little as before.
    expect(waiting.state).toBe('Disconnected')
    expect(await run(call, 'resetVpnConnection', { id: idOf(waiting) }, 'vpnconnection')).toMatchObject({
      state: 'Disconnected',
    })
    const longer = { gateway: '198.51.100.3', cidrlist: '10.63.0.0/16', ipsecpsk: `${PSK}!`, ...strong }
    await run(call, 'updateVpnCustomerGateway', { id: idOf(there), ...longer }, 'vpncustomergateway')
    await until('the router has the key', async () => at.spec()?.connections[0]?.psk === `${PSK}!`)
    expect(at.spec()?.connections[0]?.resets).toBe(2)
    // The router has it a moment before the manager knows.
    await until('it is known there', async () => (await at.shown(idOf(waiting)))?.state !== 'Pending')
    expect(await at.shown(idOf(waiting))).toMatchObject({ state: 'Disconnected' })
    expect(at.spec()?.connections[0]?.local.address).toBe(address?.ipaddress)
  })

  it('refuses what its router could not do', async () => {
    const { call } = cloud
    const at = await setUp('v3', '10.10.0.0/16')
    const other = await setUp('v4', '10.11.0.0/16')
    const first = await peer('p1', '198.51.100.11', '10.64.0.0/16')
    await at.connect(first)
    const s2svpngatewayid = idOf(at.gateway)
    const connect = async (gateway: string, cidrlist: string) => {
      const customer = await peer(`p-${gateway}-${cidrlist}`, gateway, cidrlist)
      return refusal('createVpnConnection', { s2svpngatewayid, s2scustomergatewayid: idOf(customer) })
    }
    const conflicts: readonly (readonly [gateway: string, cidrlist: string, why: RegExp])[] = [
      ['198.51.100.12', '10.10.5.0/24', /overlap those of the VPC v3, 10.10.0.0\/16/],
      ['198.51.100.12', '10.64.5.0/24', /overlap 10.64.0.0\/16 behind the peer p1/],
      ['198.51.100.12', '203.0.113.128/25', /overlap 203.0.113.0\/24, which is outside the VPC/],
      ['198.51.100.11', '10.65.0.0/16', /leads to 198.51.100.11 already/],
      ['10.64.0.9', '10.65.0.0/16', /would be reached through a tunnel itself/],
      [String(at.gateway.publicip), '10.65.0.0/16', /is an address of the VPC v3 itself/],
    ]
    for (const [gateway, cidrlist, why] of conflicts)
      expect(await connect(gateway, cidrlist)).toEqual({ status: 537, text: expect.stringMatching(why) })
    // Two VPCs may have the same peer; and what leads elsewhere may not overlap a tunnel.
    await other.connect(first)
    const site = { vpcid: at.vpcid, ipaddress: '10.64.7.2', gateway: '10.64.7.1', netmask: '255.255.255.0' }
    expect(await refusal('createPrivateGateway', site)).toMatchObject({ status: 537 })
    const s2scustomergatewayid = idOf(first)
    expect(await refusal('createVpnConnection', { s2svpngatewayid, s2scustomergatewayid })).toMatchObject({
      status: 431,
    })
    // A change is judged for every VPC that has a tunnel to it, and takes back nothing.
    const into = { gateway: '198.51.100.11', cidrlist: '10.11.3.0/24', ipsecpsk: PSK, ...strong }
    expect(await refusal('updateVpnCustomerGateway', { id: s2scustomergatewayid, ...into })).toMatchObject({
      status: 537,
    })
    expect(at.spec()?.connections[0]?.remote.subnets).toEqual(['10.64.0.0/16'])

    await run(call, 'updateConfiguration', { name: 'site2site.vpn.vpngateway.connection.limit', value: '1' })
    expect((await connect('198.51.100.13', '10.66.0.0/16')).text).toMatch(/connection.limit is 1/)
    // With its VPC all of it goes.
    await run(call, 'deleteVPC', { id: at.vpcid })
    expect(await list(call, 'listVpnConnections', 'vpnconnection', { vpcid: other.vpcid })).toHaveLength(1)
    expect(await list(call, 'listVpnGateways', 'vpngateway', { id: s2svpngatewayid }).catch(() => [])).toEqual([])
  }, 60_000)

  it('is made once by those who want the same, and never to what goes at that moment', async () => {
    const { call, db } = cloud
    const at = await setUp('v6', '10.13.0.0/16')
    await run(call, 'deleteVpnGateway', { id: idOf(at.gateway) })
    const statuses = async (...calls: readonly (readonly [string, Record<string, string>])[]) => {
      const answers = await Promise.all(calls.map(([command, params]) => call(command, params)))
      return answers.map(({ status }) => status)
    }
    const wish = ['createVpnGateway', { vpcid: at.vpcid }] as const
    expect((await statuses(wish, wish, wish, wish)).sort()).toEqual([200, 431, 431, 431])
    const [gateway] = await list(call, 'listVpnGateways', 'vpngateway', { vpcid: at.vpcid })
    const s2svpngatewayid = idOf(gateway)
    for (const net of [80, 81, 82, 83]) {
      const s2scustomergatewayid = idOf(await peer(`p${net}`, `198.51.100.${net}`, `10.${net}.0.0/16`))
      const connect = ['createVpnConnection', { s2svpngatewayid, s2scustomergatewayid }] as const
      const forget = ['deleteVpnCustomerGateway', { id: s2scustomergatewayid }] as const
      const [made, again, gone] = await statuses(connect, connect, forget)
      expect([made, again].sort()).toEqual(gone === 200 ? [431, 431] : [200, 431])
      expect([200, 536]).toContain(gone)
      const id = (
        await db
          .selectFrom('vpn_connection')
          .select('id')
          .where('customer_gateway', '=', s2scustomergatewayid)
          .execute()
      )[0]?.id
      expect(id !== undefined).toBe(gone !== 200)
      if (id === undefined) continue
      const [left, removed] = await statuses(
        ['deleteVpnConnection', { id }],
        ['deleteVpnGateway', { id: s2svpngatewayid }],
      )
      expect(left).toBe(200)
      expect([200, 536]).toContain(removed)
      if (removed === 200) break
    }
    expect(
      await db.selectFrom('vpn_connection').select('id').where('vpn_gateway', '=', s2svpngatewayid).execute(),
    ).toEqual([])
  })

  it('goes with the account that has it', async () => {
    const { call, db } = cloud
    const domainid = await makeDomain(call, 'shop')
    const id = await makeAccount(call, 'dan', domainid)
    const at = await setUp('v5', '10.12.0.0/16', { account: 'dan', domainid })
    const hers = await peer('p1', '198.51.100.21', '10.70.0.0/16', { account: 'dan', domainid })
    const tunnel = await at.connect(hers)
    expect(tunnel).toMatchObject({ account: 'dan', domainid, publicip: at.gateway.publicip })
    const ours = await peer('p2', '198.51.100.22', '10.71.0.0/16')
    const s2svpngatewayid = idOf(at.gateway)
    const mixed = { s2svpngatewayid, s2scustomergatewayid: idOf(ours) }
    expect(await refusal('createVpnConnection', mixed)).toMatchObject({ status: 531 })
    await run(call, 'deleteAccount', { id })
    for (const [table, gone] of [
      ['vpn_gateway', s2svpngatewayid],
      ['vpn_connection', idOf(tunnel)],
      ['vpn_customer_gateway', idOf(hers)],
    ] as const)
      expect(await db.selectFrom(table).select('id').where('id', '=', gone).execute()).toEqual([])
  }, 60_000)

  it('shows a key to its owner, and keeps it from the record and from the database', async () => {
    const { call, db } = cloud
    const found = await list(call, 'listVpnCustomerGateways', 'vpncustomergateway', { listall: 'true' })
    expect(found.map(({ ipsecpsk }) => ipsecpsk)).toContain(PSK)
    for (const table of ['event', 'async_job', 'vpn_customer_gateway', 'alert', 'vpn_connection']) {
      const { rows } = await sql<{ text: string }>`select t::text as text from ${sql.table(table)} t`.execute(db)
      expect(rows.filter(({ text }) => text.includes(PSK))).toEqual([])
    }
  })
})
