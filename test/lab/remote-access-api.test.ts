import { createPrivateKey, X509Certificate } from 'node:crypto'
import { forgetVpnUsers } from '@sysvm/manager/model/vpnuser'
import { VpnSpec } from '@sysvm/router/spec'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { tablesWith } from './tables.ts'
import { makeAccount, makeDomain } from './tenants.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

/** Commits need not be spared here. */
const AT_ONCE = { commitSpacingMs: 0 }
const PASSWORDS = ['Horse-battery9', 'staple!Correct']

const vpnOf = (agent: { readonly spec: unknown } | undefined) => {
  const { services } = (agent?.spec ?? { services: {} }) as { services: Record<string, unknown> }
  return services.vpn === undefined ? undefined : VpnSpec.parse(services.vpn)
}
const remoteAccessOf = (agent: { readonly spec: unknown } | undefined) => vpnOf(agent)?.remoteAccess

describe('remote access through the API', () => {
  it('lets the users of an account in, by a certificate that is renewed, and goes with its network', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, AT_ONCE)
    const { call, simulator, db } = cloud
    const zone = await setUpZone(call, 'local:?netns=ra-h1')
    const size = { gateway: '10.5.0.1', netmask: '255.255.255.0' }
    const made = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: 'n1', ...size }
    const networkid = idOf(await run(call, 'createNetwork', made, 'network'))
    await run(call, 'deployVirtualMachine', { ...zone.guest, networkids: networkid, name: 'g' }, 'virtualmachine')
    const [router] = await list(call, 'listRouters', 'router')
    const spec = () => remoteAccessOf(simulator.agent(String(router?.linklocalip)))
    const [source] = await list(call, 'listPublicIpAddresses', 'publicipaddress')
    const publicipid = idOf(source)
    const address = String(source?.ipaddress)

    // A user may be there before there is a VPN.
    const add = (username: string, password: string) => run(call, 'addVpnUser', { username, password }, 'vpnuser')
    const ann = await add('ann', PASSWORDS[0] ?? '')
    expect(ann).toEqual({
      ...{ id: expect.any(String), username: 'ann', state: 'Active' },
      ...{ account: 'admin', domain: 'ROOT', domainid: expect.any(String), domainpath: 'ROOT' },
    })

    const vpn = await run(call, 'createRemoteAccessVpn', { publicipid, protocol: 'ikev2' }, 'remoteaccessvpn')
    expect(vpn).toMatchObject({
      ...{ publicipid, publicip: address, iprange: '10.1.2.1-10.1.2.8', state: 'Running', protocol: 'ikev2' },
      ...{ account: 'admin', fordisplay: true },
    })
    const first = spec()
    expect(first).toMatchObject({
      ...{ address, pool: { first: '10.1.2.1', last: '10.1.2.8' }, subnets: ['10.5.0.0/24'], dns: ['10.5.0.1'] },
      users: [{ name: 'ann', password: PASSWORDS[0] }],
    })
    const server = new X509Certificate(first?.chain ?? '')
    const authority = new X509Certificate(String(vpn.cacertificate))
    expect(first?.chain.endsWith(String(vpn.cacertificate))).toBe(true)
    expect(server.verify(authority.publicKey)).toBe(true)
    expect(server.checkIP(address)).toBe(address)
    expect(server.checkPrivateKey(createPrivateKey(first?.key ?? ''))).toBe(true)
    const opened = await list(call, 'listFirewallRules', 'firewallrule', { ipaddressid: publicipid })
    expect(opened.map(({ protocol, startport }) => `${protocol} ${startport}`).toSorted()).toEqual([
      'udp 4500',
      'udp 500',
    ])

    // Those who come later are let in when their job is done, and those who go are shut out.
    await add('ben', PASSWORDS[1] ?? '')
    expect(spec()?.users.map(({ name }) => name)).toEqual(['ann', 'ben'])
    expect(await list(call, 'listVpnUsers', 'vpnuser', { keyword: 'EN' })).toMatchObject([
      { username: 'ben', state: 'Active' },
    ])
    await run(call, 'removeVpnUser', { username: 'ann' })
    expect(spec()?.users).toEqual([{ name: 'ben', password: PASSWORDS[1] }])
    expect(await call('removeVpnUser', { username: 'ann' })).toMatchObject({ status: 431 })

    // While the router has not heard of it, everybody sees that somebody may come in still.
    await add('cleo', PASSWORDS[0] ?? '')
    simulator.mute(String(router?.linklocalip))
    expect(await call('removeVpnUser', { username: 'cleo' })).toMatchObject({ status: 200 })
    const users = async () =>
      (await list(call, 'listVpnUsers', 'vpnuser')).map(({ username, state }) => [username, state])
    expect(await users()).toEqual([
      ['ben', 'Active'],
      ['cleo', 'Revoke'],
    ])
    expect(await call('removeVpnUser', { username: 'cleo' })).toMatchObject({ status: 431 })
    const { rows: left } = await sql`select password from vpn_user where username = 'cleo'`.execute(db)
    expect(left).toEqual([{ password: '' }])
    simulator.mute(String(router?.linklocalip), false)
    await until('the router has heard of it', async () => (await users()).length === 1)
    expect(spec()?.users.map(({ name }) => name)).toEqual(['ben'])
    await forgetVpnUsers(db)
    expect((await sql`select from vpn_user`.execute(db)).rows).toHaveLength(1)

    // Nothing that was written down, answers and events among it, has a secret.
    for (const secret of [...PASSWORDS, 'BEGIN PRIVATE KEY']) expect(await tablesWith(db, secret)).toEqual([])

    await run(call, 'updateRemoteAccessVpn', { id: idOf(vpn), fordisplay: 'false' }, 'remoteaccessvpn')
    expect(await list(call, 'listRemoteAccessVpns', 'remoteaccessvpn', { networkid })).toMatchObject([
      { id: vpn.id, fordisplay: false, cacertificate: vpn.cacertificate },
    ])

    // As many VPNs whose authority cannot be opened are due before it, and do not keep it from its turn.
    const more = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.20', endip: '203.0.113.40' }
    await run(call, 'createVlanIpRange', { zoneid: zone.zoneid, forvirtualnetwork: 'true', ...more }, 'vlan')
    const domainid = await makeDomain(call, 'broken')
    const broken = await makeAccount(call, 'zoe', domainid)
    await sql`insert into vpn_authority (account, certificate, private_key) values (${broken}, 'none', 'none')`.execute(
      db,
    )
    const stuck = sql<{ id: string }>`with taken as (
        update public_ip set account = ${broken} where id in (
          select id from public_ip where network is null and vpc is null and account is null limit 9) returning id)
      , made as (insert into remote_access_vpn (public_ip, rule, protocol, first_address, last_address)
        select taken.id, vpn.rule, 'ikev2', '10.9.9.1', '10.9.9.2' from taken, remote_access_vpn vpn returning id)
      insert into remote_access_certificate (vpn, certificate, private_key, expires)
      select id, 'none', 'none', now() from made returning vpn as id`
    expect((await stuck.execute(db)).rows).toHaveLength(9)
    const soon = sql`update remote_access_certificate set expires = now() + interval '59 days'
      where vpn = ${idOf(vpn)}`
    await soon.execute(db)
    const second = await until('the certificate is renewed', async () =>
      spec()?.chain === first?.chain ? undefined : spec(),
    )
    const renewed = new X509Certificate(second.chain)
    expect(renewed.verify(authority.publicKey)).toBe(true)
    expect(renewed.serialNumber).not.toBe(server.serialNumber)
    expect(renewed.checkPrivateKey(createPrivateKey(second.key))).toBe(true)
    expect(second).toMatchObject({ users: first?.users.map(() => ({ name: 'ben' })) })

    await sql`delete from remote_access_vpn where id <> ${idOf(vpn)}`.execute(db)
    await sql`update public_ip set account = null where account = ${broken}`.execute(db)

    await run(call, 'deleteRemoteAccessVpn', { publicipid })
    expect(spec()).toBeUndefined()
    expect(await list(call, 'listFirewallRules', 'firewallrule', { ipaddressid: publicipid })).toEqual([])
    expect(await db.selectFrom('ip_rule').selectAll().execute()).toEqual([])

    // The same authority vouches for the next one, which goes with its network.
    const range = { iprange: '192.168.9.10-192.168.9.20' }
    const again = await run(
      call,
      'createRemoteAccessVpn',
      { publicipid, ...range, protocol: 'ikev2', openfirewall: 'false' },
      'remoteaccessvpn',
    )
    expect(again.cacertificate).toBe(vpn.cacertificate)
    expect(spec()?.pool).toEqual({ first: '192.168.9.10', last: '192.168.9.20' })
    const [guest] = await list(call, 'listVirtualMachines', 'virtualmachine')
    await run(call, 'destroyVirtualMachine', { id: idOf(guest), expunge: 'true' })
    await run(call, 'deleteNetwork', { id: networkid })
    expect(await list(call, 'listRemoteAccessVpns', 'remoteaccessvpn')).toEqual([])
    expect(await list(call, 'listVpnUsers', 'vpnuser')).toMatchObject([{ username: 'ben', state: 'Active' }])
  })

  it('is L2TP for who names no protocol, beside another one, and in error where the router cannot do it', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, AT_ONCE)
    const { call, simulator, db } = cloud
    const zone = await setUpZone(call, 'local:?netns=ra-h3')
    const size = { gateway: '10.5.0.1', netmask: '255.255.255.0' }
    const made = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: 'n1', ...size }
    const networkid = idOf(await run(call, 'createNetwork', made, 'network'))
    await run(call, 'deployVirtualMachine', { ...zone.guest, networkids: networkid, name: 'g' }, 'virtualmachine')
    const [router] = await list(call, 'listRouters', 'router')
    const at = String(router?.linklocalip)
    const spec = () => vpnOf(simulator.agent(at))
    const publicipid = idOf((await list(call, 'listPublicIpAddresses', 'publicipaddress'))[0])
    const [create, remove] = ['createRemoteAccessVpn', 'deleteRemoteAccessVpn']
    await run(call, 'addVpnUser', { username: 'ann', password: PASSWORDS[0] ?? '' }, 'vpnuser')

    const vpn = await run(call, create, { publicipid }, 'remoteaccessvpn')
    expect(vpn).toMatchObject({
      ...{ publicipid, iprange: '10.1.2.1-10.1.2.8', state: 'Running', protocol: 'l2tp' },
      presharedkey: expect.stringMatching(/^[A-Za-z0-9_-]{32}$/),
    })
    expect(vpn).not.toHaveProperty('cacertificate')
    const key = String(vpn.presharedkey)
    expect(await list(call, 'listRemoteAccessVpns', 'remoteaccessvpn')).toMatchObject([{ presharedkey: key }])
    expect(spec()?.l2tp).toMatchObject({
      ...{ pool: { first: '10.1.2.1', last: '10.1.2.8' }, subnets: ['10.5.0.0/24'], dns: ['10.5.0.1'], psk: key },
      users: [{ name: 'ann', password: PASSWORDS[0] }],
    })
    for (const secret of [PASSWORDS[0] ?? '', key]) expect(await tablesWith(db, secret)).toEqual([])

    // Both kinds together, each with addresses of its own.
    const other = { publicipid, protocol: 'ikev2' }
    expect(await call(create, other)).toMatchObject({ status: 431 })
    await run(call, create, { ...other, iprange: '10.1.3.1-10.1.3.8' }, 'remoteaccessvpn')
    expect(spec()).toMatchObject({ l2tp: { psk: key }, remoteAccess: { pool: { first: '10.1.3.1' } } })

    // The router says for itself what its kernel cannot do; nothing else is held up by it.
    simulator.l2tp(at, { state: 'Error', reason: 'SYSVM_VPN_KERNEL: no PPP' })
    await run(call, 'addVpnUser', { username: 'ben', password: PASSWORDS[1] ?? '' }, 'vpnuser')
    const states = async () =>
      (await list(call, 'listRemoteAccessVpns', 'remoteaccessvpn')).map(({ state, reason }) => [state, reason])
    expect(await states()).toEqual([
      ['Error', 'SYSVM_VPN_KERNEL: no PPP'],
      ['Running', undefined],
    ])
    expect(spec()?.remoteAccess?.users.map(({ name }) => name)).toEqual(['ann', 'ben'])

    expect(await call(remove, { publicipid })).toMatchObject({ status: 431 })
    await run(call, remove, { publicipid, protocol: 'l2tp' })
    expect(spec()?.l2tp).toBeUndefined()
    expect(spec()?.remoteAccess?.pool.first).toBe('10.1.3.1')
    await run(call, remove, { publicipid })
    expect(spec()).toBeUndefined()
    expect(await db.selectFrom('ip_rule').selectAll().execute()).toEqual([])
  })

  it('is refused with words that say why', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, AT_ONCE)
    const { call, db } = cloud
    const zone = await setUpZone(call, 'local:?netns=ra-h2')
    const { zoneid } = zone
    const [offering] = await list(call, 'listVPCOfferings', 'vpcoffering')
    const wanted = { zoneid, name: 'v', displaytext: 'v', cidr: '10.1.0.0/16', vpcofferingid: idOf(offering) }
    const vpcid = idOf(await run(call, 'createVPC', wanted, 'vpc'))
    const tier = {
      zoneid,
      vpcid,
      name: 't',
      networkofferingid: zone.tier,
      gateway: '10.1.1.1',
      netmask: '255.255.255.0',
    }
    const networkid = idOf(await run(call, 'createNetwork', tier, 'network'))
    const [source] = await list(call, 'listPublicIpAddresses', 'publicipaddress', { vpcid })
    const publicipid = idOf(source)
    const other = idOf(await run(call, 'associateIpAddress', { vpcid }, 'ipaddress'))
    const range = { iprange: '10.9.0.1-10.9.0.4' }
    const refused = async (command: string, params: Readonly<Record<string, string>>, status: number, words: RegExp) =>
      expect(await call(command, params)).toMatchObject({ status, body: { errortext: expect.stringMatching(words) } })

    const create = 'createRemoteAccessVpn'
    const without = { name: 'no VPN', supportedservices: 'Dhcp,Dns,SourceNat,NetworkACL', enable: 'true' }
    const dry = idOf(await run(call, 'createVPCOffering', without, 'vpcoffering'))
    const dryVpc = idOf(await run(call, 'createVPC', { ...wanted, name: 'dry', vpcofferingid: dry }, 'vpc'))
    const [dryIp] = await list(call, 'listPublicIpAddresses', 'publicipaddress', { vpcid: dryVpc })
    const lacks = /The offering of the VPC dry has no service Vpn: choose another VPC\./
    await refused(create, { publicipid: idOf(dryIp), ...range }, 431, lacks)
    await refused('createVpnGateway', { vpcid: dryVpc }, 431, lacks)
    await refused(create, { publicipid: other, ...range }, 431, /not the address that its vpc goes out by/)
    await refused(create, { publicipid }, 431, /iprange: 10\.1\.2\.1-10\.1\.2\.8 overlaps the vpc, 10\.1\.0\.0\/16/)
    for (const [iprange, words] of [
      ['10.9.0.4-10.9.0.1', /comes before/],
      ['10.9.0.1', /is not a range/],
      ['8.8.8.1-8.8.8.8', /is not in a private network/],
      ['10.9.0.1-10.10.0.1', /65537 addresses, above 4096/],
    ] as const)
      await refused(create, { publicipid, iprange }, 431, words)
    await refused(create, { publicipid, ...range, openfirewall: 'true' }, 431, /a VPC has ACLs/)
    const vpn = idOf(await run(call, create, { publicipid, ...range, protocol: 'ikev2' }, 'remoteaccessvpn'))
    // Nor may public addresses come where clients are.
    const near = { gateway: '10.9.0.254', netmask: '255.255.255.0', startip: '10.9.0.50', endip: '10.9.0.51' }
    await run(call, 'createVlanIpRange', { zoneid, forvirtualnetwork: 'true', ...near }, 'vlan')
    const ipaddress = '10.9.0.50'
    const crossed = new RegExp(`10\\.9\\.0\\.0/24, and clients of the remote access VPN ${vpn} of the same vpc get`)
    await refused('associateIpAddress', { vpcid, ipaddress }, 537, crossed)
    const unbound = idOf(await run(call, 'associateIpAddress', { zoneid, ipaddress }, 'ipaddress'))
    const rule = {
      publicipid: unbound,
      networkid,
      name: 'r',
      algorithm: 'roundrobin',
      publicport: '80',
      privateport: '80',
    }
    await refused('createLoadBalancerRule', rule, 537, crossed)
    await run(call, 'disassociateIpAddress', { id: unbound })
    await refused(
      create,
      { publicipid, ...range, protocol: 'ikev2' },
      536,
      /The vpc has the remote access VPN .* of ikev2 at 203\.0\.113\./,
    )
    await refused('deleteRemoteAccessVpn', { publicipid: other }, 431, /has no remote access VPN/)

    const add = 'addVpnUser'
    await refused(add, { username: 'ab', password: 'secret-1' }, 431, /'ab' is not a name/)
    await refused(add, { username: 'a b c', password: 'secret-1' }, 431, /'a b c' is not a name/)
    expect(JSON.stringify(await call(add, { username: 'eve', password: 'no spaces' }))).not.toContain('no spaces')
    await refused(add, { username: 'eve', password: '@/etc/passwd' }, 431, /password: it may not begin with @\//)
    await refused(add, { username: 'eve', password: 'no' }, 431, /password: it is not 3 to 64 printable/)
    await run(call, 'updateConfiguration', { name: 'remote.access.vpn.user.limit', value: '1' })
    await run(call, add, { username: 'eve', password: 'secret-1' }, 'vpnuser')
    await refused(add, { username: 'eva', password: 'secret-1' }, 532, /has 1 VPN users, and 1 are the most/)
    await run(call, 'updateConfiguration', { name: 'remote.access.vpn.user.limit', value: '2' })
    const atOnce = ['x-1', 'x-2', 'x-3'].map((username) => call(add, { username, password: 'secret-1' }))
    expect((await Promise.all(atOnce)).map(({ status }) => status).toSorted()).toEqual([200, 532, 532])
    await run(call, 'updateConfiguration', { name: 'remote.access.vpn.user.limit', value: '3' })
    await refused(add, { username: 'eve', password: 'secret-1' }, 431, /has a VPN user eve already/)
    // charon knows no case: Eve would log in by the password of either.
    await refused(add, { username: 'Eve', password: 'secret-1' }, 431, /has a VPN user Eve already/)
    expect(await list(call, 'listVpnUsers', 'vpnuser', { username: 'EVE' })).toMatchObject([{ username: 'eve' }])
    // Where one of an older version came, the router is not given the VPN, and whoever asks is told.
    const shown = async () => (await list(call, 'listRemoteAccessVpns', 'remoteaccessvpn', { id: vpn }))[0]
    const pool = (first: string, last: string) =>
      sql`update remote_access_vpn set first_address = ${first}, last_address = ${last} where id = ${vpn}`.execute(db)
    expect(await shown()).toMatchObject({ state: 'Running' })
    await pool('203.0.113.201', '203.0.113.204')
    await run(call, 'removeVpnUser', { username: 'x-1' }).catch(() => run(call, 'removeVpnUser', { username: 'x-2' }))
    expect(await shown()).toMatchObject({
      state: 'Error',
      reason: 'The addresses of clients, 203.0.113.201-203.0.113.204, overlap a network of the router.',
    })
    expect(await list(call, 'listVpnUsers', 'vpnuser', { username: 'eve' })).toMatchObject([{ state: 'Add' }])
    await pool('10.9.0.1', '10.9.0.4')
    await run(call, 'addVpnUser', { username: 'fay', password: 'secret-1' }, 'vpnuser')
    expect(await shown()).toMatchObject({ state: 'Running' })
    expect(await shown()).not.toHaveProperty('reason')
    expect(await list(call, 'listVpnUsers', 'vpnuser', { username: 'eve' })).toMatchObject([{ state: 'Active' }])
    await run(call, 'removeVpnUser', { username: 'Eve' })
    expect(await list(call, 'listVpnUsers', 'vpnuser', { username: 'eve' })).toEqual([])
    await refused('updateConfiguration', { name: 'remote.access.vpn.client.iprange', value: 'x' }, 431, /not a range/)
  })
})
