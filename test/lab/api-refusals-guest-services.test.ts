import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, setUpZone } from './balanced.ts'
import { atOnce, expectRefusals, make, NOBODY, type Refusal, rowsOf } from './refusals.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const TABLES = [
  'network',
  'vlan_range',
  'guest',
  'nic',
  'nic_secondary_ip',
  'user_data',
  'ssh_keypair',
  'ipv6_prefix',
  'async_job',
] as const

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKJ0b0Y6JqQdH1dO1p0gB1Yx4Pz0mQ4v6r2wY5JmXQ1c'
const IPV6_ALONE = { ip6cidr: '2001:db8:f::/64', ip6gateway: '2001:db8:f::1', startipv6: '2001:db8:f::10' }
const RANGE = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.200', endip: '203.0.113.209' }

/** A dual-stack network and a plain one with guests, one of them stopped; user data, a key and a prefix in use. */
const setUp = async (call: Call, db: Kysely<Database>) => {
  const zone = await setUpZone(call, 'ssh://root@192.0.2.30:22')
  const { zoneid, isolated } = zone
  const dual = await make(call, 'createNetworkOffering', {
    ...{ name: 'dual', guestiptype: 'Isolated', traffictype: 'Guest', enable: 'true' },
    ...{ supportedservices: 'Dhcp,Dns,UserData,SourceNat', internetprotocol: 'DualStack' },
  })
  const prefixid = await make(call, 'createGuestNetworkIpv6Prefix', { zoneid, prefix: '2001:db8:100::/63' })
  const network = (name: string, gateway: string, networkofferingid: string): Promise<string> =>
    make(call, 'createNetwork', { zoneid, name, gateway, netmask: '255.255.255.0', networkofferingid })
  const dualid = await network('six', '10.5.0.1', dual)
  const plainid = await network('four', '10.6.0.1', isolated)
  const userdataid = await make(call, 'registerUserData', { name: 'shared', userdata: btoa('x') })
  const keypairid = await make(call, 'registerSSHKeyPair', { name: 'key', publickey: KEY })
  const deploy = (name: string, params: Record<string, string>): Promise<string> =>
    make(call, 'deployVirtualMachine', { ...zone.guest, name, ...params })
  const guestid = await deploy('one', { networkids: dualid, userdataid, keypair: 'key' })
  const stoppedid = await deploy('two', { networkids: dualid, startvm: 'false' })
  const nics = await list(call, 'listNics', 'nic', { virtualmachineid: guestid })
  const stopped = await list(call, 'listNics', 'nic', { virtualmachineid: stoppedid })
  const nicid = idOf(nics[0])
  const further = await make(call, 'addIpToNic', { nicid, ipaddress: '10.5.0.50' })
  await sql`update public_ip set network = ${dualid}, allocated = now(), static_nat_nic = ${nicid},
    static_nat_address = '10.5.0.50' where id = (select id from public_ip where network is null limit 1)`.execute(db)
  const ids = { zoneid, dual, isolated, prefixid, dualid, plainid, userdataid, keypairid }
  return { ...zone, ...ids, guestid, stoppedid, nicid, stoppednicid: idOf(stopped[0]), further }
}

type Setup = Awaited<ReturnType<typeof setUp>>
type Refused = Refusal<Setup>

const guest = (at: Setup) => ({ ...at.guest, networkids: at.dualid, name: 'new' })
const options = (at: Setup, key: string, value: string) => ({
  ...guest(at),
  'dhcpoptionsnetworklist[0].networkid': at.dualid,
  [`dhcpoptionsnetworklist[0].${key}`]: value,
})
const network = (at: Setup) => ({
  ...{ zoneid: at.zoneid, networkofferingid: at.dual, name: 'n' },
  ...{ gateway: '10.9.0.1', netmask: '255.255.255.0' },
})

const refusals: readonly Refused[] = [
  ['registerUserData', () => ({ name: 'a', userdata: 'no base64!' }), 431, /userdata: is not base64/],
  ['registerUserData', () => ({ name: ' ', userdata: btoa('x') }), 431, /name: ' ' is empty/],
  ['registerUserData', () => ({ name: 'shared', userdata: btoa('x') }), 431, /user data named shared already/],
  ['registerUserData', () => ({ name: 'a', userdata: btoa('x'), params: "a,b'c" }), 431, /params: 'b'c' is no name/],
  ['registerUserData', () => ({ name: 'a', userdata: btoa('x'), params: 'a\nb' }), 431, /params: [\s\S]*is no name/],
  ['deleteUserData', () => ({ id: NOBODY }), 431, /no user data has the id/],
  ['deleteUserData', (at) => ({ id: at.userdataid }), 536, /used by 1 guests, one for one/],
  ['listUserData', () => ({ id: NOBODY }), 431, /no user data has the id/],
  ['resetUserDataForVirtualMachine', (at) => ({ id: at.guestid }), 534, /should run/],
  [
    'resetUserDataForVirtualMachine',
    (at) => ({ id: at.stoppedid, userdata: btoa('x'), userdataid: at.userdataid }),
    431,
    /userdata and userdataid exclude each other/,
  ],
  [
    'resetUserDataForVirtualMachine',
    (at) => ({ id: at.stoppedid, 'userdatadetails[0].instance-id\n': 'x' }),
    431,
    /userdatadetails/,
  ],
  [
    'resetUserDataForVirtualMachine',
    (at) => ({ id: at.stoppedid, 'userdatadetails[0].a/../b': 'x' }),
    431,
    /userdatadetails: 'a\/\.\.\/b' is no name/,
  ],
  [
    'resetUserDataForVirtualMachine',
    (at) => ({ id: at.stoppedid, 'userdatadetails[0].a': 'x\r\nSet-Cookie: y' }),
    431,
    /userdatadetails: the value of a has a control character/,
  ],
  [
    'resetUserDataForVirtualMachine',
    (at) => ({ id: at.stoppedid, 'userdatadetails[0].a': '1', 'userdatadetails[1].a': '2' }),
    431,
    /userdatadetails: a is given twice/,
  ],
  ['getVirtualMachineUserData', () => ({ virtualmachineid: NOBODY }), 431, /no guest has the id/],
  ['createSSHKeyPair', () => ({ name: 'key' }), 431, /key pair named key already/],
  ['createSSHKeyPair', () => ({ name: '' }), 431, /name is required/],
  ['registerSSHKeyPair', () => ({ name: 'k', publickey: 'ssh-ed25519 AAAA' }), 431, /publickey: is not an OpenSSH/],
  ['registerSSHKeyPair', () => ({ name: 'k', publickey: `${KEY}\nssh-rsa AAAA` }), 431, /publickey: has several lines/],
  [
    'registerSSHKeyPair',
    () => ({ name: 'k', publickey: `command="reboot" ${KEY}` }),
    431,
    /publickey: is not an OpenSSH public key/,
  ],
  [
    'registerSSHKeyPair',
    () => ({ name: 'k', publickey: KEY.replace('ssh-ed25519 ', 'ssh-rsa ') }),
    431,
    /publickey: is not an OpenSSH public key/,
  ],
  [
    'deleteSSHKeyPair',
    () => ({ name: 'nobody' }),
    431,
    /^A key pair with name 'nobody' does not exist for account admin/,
  ],
  ['resetSSHKeyForVirtualMachine', (at) => ({ id: at.stoppedid }), 431, /needs keypair or keypairs/],
  [
    'resetSSHKeyForVirtualMachine',
    (at) => ({ id: at.stoppedid, keypair: 'key', keypairs: 'key' }),
    431,
    /keypair and keypairs exclude each other/,
  ],
  ['resetSSHKeyForVirtualMachine', (at) => ({ id: at.stoppedid, keypair: "k'; --" }), 431, /keypair: no key pair/],
  ['resetSSHKeyForVirtualMachine', (at) => ({ id: at.guestid, keypair: 'key' }), 534, /should run/],
  ['resetPasswordForVirtualMachine', (at) => ({ id: at.guestid }), 534, /should run/],
  ['resetPasswordForVirtualMachine', (at) => ({ id: at.stoppedid, password: 'short' }), 431, /password: is not of 6/],
  ['resetPasswordForVirtualMachine', (at) => ({ id: at.stoppedid, password: 'two words' }), 431, /password: is not of/],
  [
    'resetPasswordForVirtualMachine',
    (at) => ({ id: at.stoppedid, password: 'secret\nbad_request' }),
    431,
    /^((?!secret).)*password: is not of/s,
  ],
  ['resetPasswordForVirtualMachine', (at) => ({ id: at.stoppedid, password: 'saved_password' }), 431, /a word of the/],
  ['getVMPassword', (at) => ({ id: at.guestid }), 431, /no password that is encrypted/],
  ['addIpToNic', () => ({ nicid: NOBODY }), 431, /no nic of a guest has the id/],
  ['addIpToNic', (at) => ({ nicid: at.nicid, ipaddress: '10.6.0.9' }), 431, /10\.6\.0\.9 is not an address for hosts/],
  ['addIpToNic', (at) => ({ nicid: at.nicid, ipaddress: '10.5.0.1' }), 431, /is the router/],
  ['addIpToNic', (at) => ({ nicid: at.nicid, ipaddress: '10.5.0.50' }), 537, /as a further address/],
  ['addIpToNic', (at) => ({ nicid: at.nicid, ipaddress: '10.5.0.3' }), 537, /has 10\.5\.0\.3/],
  ['removeIpFromNic', () => ({ id: NOBODY }), 431, /no further address has the id/],
  ['removeIpFromNic', (at) => ({ id: at.further }), 536, /disable its static NAT/],
  ['updateVmNicIp', (at) => ({ nicid: at.nicid, ipaddress: '10.5.0.60' }), 534, /should run/],
  ['updateVmNicIp', (at) => ({ nicid: at.stoppednicid, ipaddress: '10.5.0.50' }), 537, /as a further address/],
  ['updateVmNicIp', (at) => ({ nicid: at.stoppednicid, ipaddress: '10.5.0.255' }), 431, /not an address for hosts/],
  ['deployVirtualMachine', (at) => options(at, 'dhcp:51', '60'), 431, /'51' is no DHCP option/],
  ['deployVirtualMachine', (at) => options(at, 'dhcp:lease', '60'), 431, /'lease' is no DHCP option/],
  ['deployVirtualMachine', (at) => options(at, 'dhcp:42', 'ntp.example'), 431, /does not fit option 42/],
  ['deployVirtualMachine', (at) => options(at, 'dhcp:66', 'a\n"},{"'), 431, /does not fit option 66/],
  ['deployVirtualMachine', (at) => options(at, 'dhcp:67', 'caf\u00e9'), 431, /does not fit option 67/],
  [
    'deployVirtualMachine',
    (at) => ({ ...guest(at), 'dhcpoptionsnetworklist[0].networkid': at.plainid }),
    431,
    /dhcpoptionsnetworklist: the guest has no nic on network/,
  ],
  [
    'deployVirtualMachine',
    (at) => ({ ...guest(at), 'dhcpoptionsnetworklist[0].dhcp:42': '192.0.2.1' }),
    431,
    /networkid '' is not a UUID/,
  ],
  ['deployVirtualMachine', (at) => ({ ...guest(at), userdataid: NOBODY }), 431, /no user data has the id/],
  ['deployVirtualMachine', (at) => ({ ...guest(at), keypairs: 'key,nobody' }), 431, /keypairs: no key pair is named/],
  ['deployVirtualMachine', (at) => ({ ...guest(at), ip6address: '2001:db8:9::7' }), 431, /not an address for hosts/],
  ['deployVirtualMachine', (at) => ({ ...guest(at), ip6address: '2001:db8:100::1' }), 431, /not an address for hosts/],
  ['deployVirtualMachine', (at) => ({ ...guest(at), ip6address: 'fe80::1%eth0' }), 431, /is not an IPv6 address/],
  [
    'deployVirtualMachine',
    (at) => ({ ...guest(at), networkids: at.plainid, ip6address: '2001:db8:100::7' }),
    431,
    /network four has no IPv6/,
  ],
  ['deployVirtualMachine', (at) => ({ ...guest(at), ipaddress: '10.5.0.50' }), 537, /as a further address/],
  ['updateVirtualMachine', (at) => ({ id: at.guestid, name: 'a\nb' }), 431, /Parameter name/],
  [
    'updateVirtualMachine',
    (at) => ({
      id: at.guestid,
      'dhcpoptionsnetworklist[0].networkid': at.plainid,
      'dhcpoptionsnetworklist[0].dhcp:42': '192.0.2.1',
    }),
    431,
    /no nic on network/,
  ],
  ['createGuestNetworkIpv6Prefix', (at) => ({ zoneid: at.zoneid, prefix: '2001:db8::1/48' }), 431, /bits set behind/],
  ['createGuestNetworkIpv6Prefix', (at) => ({ zoneid: at.zoneid, prefix: '10.0.0.0/8' }), 431, /not an IPv6 network/],
  ['createGuestNetworkIpv6Prefix', (at) => ({ zoneid: at.zoneid, prefix: 'fe80::/64' }), 431, /not in a range/],
  ['createGuestNetworkIpv6Prefix', (at) => ({ zoneid: at.zoneid, prefix: '2001:db8::/65' }), 431, /from 16 to 64/],
  ['createGuestNetworkIpv6Prefix', () => ({ zoneid: NOBODY, prefix: '2001:db8::/48' }), 431, /no zone has the id/],
  ['createGuestNetworkIpv6Prefix', (at) => ({ zoneid: at.zoneid, prefix: '2001:db8:100::/48' }), 537, /overlaps/],
  ['deleteGuestNetworkIpv6Prefix', () => ({ id: NOBODY }), 431, /no IPv6 prefix has the id/],
  ['deleteGuestNetworkIpv6Prefix', (at) => ({ id: at.prefixid }), 536, /1 networks have a \/64/],
  ['createNetwork', (at) => ({ ...network(at), dns2: '192.0.2.1' }), 431, /dns2 needs dns1/],
  ['createNetwork', (at) => ({ ...network(at), dns1: '192.0.2.1\nserver=x' }), 431, /dns1/],
  ['createNetwork', (at) => ({ ...network(at), ip6dns1: '192.0.2.1' }), 431, /ip6dns1: .* is not an IPv6 address/],
  ['createNetwork', (at) => ({ ...network(at), ip6cidr: '2001:db8:7::/64' }), 431, /come together/],
  [
    'createNetwork',
    (at) => ({ ...network(at), ip6cidr: '2001:db8:7::/80', ip6gateway: '2001:db8:7::1' }),
    431,
    /is no \/64/,
  ],
  [
    'createNetwork',
    (at) => ({ ...network(at), ip6cidr: '2001:db8:100::/64', ip6gateway: '2001:db8:100::1' }),
    537,
    /overlaps/,
  ],
  [
    'createNetwork',
    (at) => ({
      ...network(at),
      networkofferingid: at.isolated,
      ip6cidr: '2001:db8:7::/64',
      ip6gateway: '2001:db8:7::1',
    }),
    431,
    /the offering has no IPv6/,
  ],
  [
    'updateNetwork',
    (at) => ({ id: at.dualid, networkofferingid: at.isolated }),
    431,
    /differs from .* in internetprotocol/,
  ],
  ['updateNetwork', (at) => ({ id: at.dualid, dns1: '192.0.2.1', dns2: '192.0.2.1' }), 431, /the same as dns1/],
  ['createVlanIpRange', (at) => ({ ...RANGE, zoneid: at.zoneid, ip6cidr: '2001:db8:f::/64' }), 431, /come together/],
  [
    'createVlanIpRange',
    (at) => ({ ...RANGE, zoneid: at.zoneid, ip6cidr: '2001:db8:f::/64', ip6gateway: '2001:db8:e::1' }),
    431,
    /no address for hosts/,
  ],
  [
    'createVlanIpRange',
    (at) => ({
      ...{ ...RANGE, zoneid: at.zoneid, ip6cidr: '2001:db8:f::/64', ip6gateway: '2001:db8:f::1' },
      ...{ startipv6: '2001:db8:f::9', endipv6: '2001:db8:f::8' },
    }),
    431,
    /comes before/,
  ],
  [
    'createVlanIpRange',
    (at) => ({ ...RANGE, zoneid: at.zoneid, ip6cidr: '2001:db8:100::/64', ip6gateway: '2001:db8:100::1' }),
    537,
    /overlaps/,
  ],
  ['createVlanIpRange', (at) => ({ zoneid: at.zoneid, startipv6: '2001:db8:f::9' }), 431, /startipv6 needs ip6cidr/],
  ['createVlanIpRange', (at) => ({ zoneid: at.zoneid }), 431, /or ip6cidr and ip6gateway: give all of them/],
  ['createVlanIpRange', (at) => ({ ...IPV6_ALONE, zoneid: at.zoneid, endip: '203.0.113.9' }), 431, /give all three/],
]

describe('what the commands of guest services refuse', () => {
  it('changes nothing, and names what is wrong', async () => {
    await using api = await startApi(lab.cluster)
    const at = await setUp(api.call, api.db)
    await expectRefusals(api, TABLES, refusals, at)
  })

  it('gives the two networks that a prefix is enough for a /64 each, whoever asks at once', async () => {
    await using api = await startApi(lab.cluster)
    const at = await setUp(api.call, api.db)
    const statuses = await atOnce(8, (index) =>
      api.call('createNetwork', { ...network(at), name: `n${index}`, gateway: `10.9.${index}.1` }),
    )
    expect(statuses).toEqual([200, ...Array(7).fill(533)])
    const networks = await list(api.call, 'listNetworks', 'network')
    expect(networks.flatMap(({ ip6cidr }) => ip6cidr ?? []).sort()).toEqual([
      '2001:db8:100:1::/64',
      '2001:db8:100::/64',
    ])
  })

  it('gives routers that are there already the addresses of a range with IPv6 alone', async () => {
    await using api = await startApi(lab.cluster)
    const { zoneid, dualid } = await setUp(api.call, api.db)
    // As its reconciler would make it.
    await sql`with made as (insert into router (zone, network, linklocal, host_key_private, host_key_public)
        values (${zoneid}, ${dualid}, '169.254.7.7', 'x', 'x') returning id)
      insert into nic (router, role, device, public_ip) select made.id, 'public', 2, public_ip.id
      from made, public_ip where public_ip.network = ${dualid}`.execute(api.db)
    const six = async (): Promise<unknown> => {
      const [found] = await list(api.call, 'listNetworks', 'network', { id: dualid })
      const [row] = await api.db.selectFrom('network').select('revision').where('id', '=', dualid).execute()
      return { routes: found?.ip6routes ?? [], revision: row?.revision }
    }
    const before = (await six()) as { routes: unknown; revision: number }
    expect(before.routes).toEqual([])
    const range = { ...IPV6_ALONE, endipv6: '2001:db8:f::19' }
    const { body } = await api.call('createVlanIpRange', { ...range, zoneid })
    expect(body.vlan).toMatchObject(range)
    expect(body.vlan).not.toHaveProperty('startip')
    expect(await six()).toEqual({
      routes: [{ subnet: '2001:db8:100::/64', gateway: '2001:db8:f::10' }],
      revision: before.revision + 1,
    })
    const id = idOf(body.vlan as never)
    expect(await api.call('deleteVlanIpRange', { id })).toMatchObject({ status: 536 })
    const second = { ip6cidr: '2001:db8:e::/64', ip6gateway: '2001:db8:e::1', zoneid }
    expect(await api.call('createVlanIpRange', second)).toMatchObject({ status: 537 })
    await sql`update network set ip6cidr = null, ip6gateway = null where id = ${dualid}`.execute(api.db)
    expect(await api.call('deleteVlanIpRange', { id })).toMatchObject({ status: 200 })
    expect(
      await api.db
        .selectFrom('nic')
        .select('id')
        .where('role', '=', 'public')
        .where('address6', 'is not', null)
        .execute(),
    ).toEqual([])
  })

  it('shows no password and no user data in a refusal or in the database', async () => {
    await using api = await startApi(lab.cluster)
    const at = await setUp(api.call, api.db)
    const secret = 'Very-Secret-7'
    await make(api.call, 'resetPasswordForVirtualMachine', { id: at.stoppedid, password: secret }).catch(
      () => undefined,
    )
    expect(JSON.stringify(await rowsOf(api.db, TABLES))).not.toContain(secret)
    const { body } = await api.call('registerUserData', { name: 'shared', userdata: 'c2VjcmV0!' })
    expect(JSON.stringify(body)).not.toContain('c2VjcmV0')
  })
})
