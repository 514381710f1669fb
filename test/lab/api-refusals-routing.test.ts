import { randomBytes } from 'node:crypto'
import { seal } from '@sysvm/manager/orchestration/keys/index'
import { routing } from '@sysvm/manager/orchestration/router/parts/routing'
import { addCounted } from '@sysvm/manager/orchestration/traffic'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { list, setUpZone } from './balanced.ts'
import { atOnce, expectRefusals, make, NOBODY, type Refusal, rowsOf } from './refusals.ts'
import { makeAccount, makeDomain } from './tenants.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const TABLES = [
  ...['network', 'vpc', 'async_job', 'asn_range', 'as_number', 'bgp_peer', 'bgp_peer_scope'],
  ...['zone_subnet', 'guest_subnet', 'netboot', 'configuration'],
] as const

const offering = (call: Call, name: string, more: Record<string, string> = {}) =>
  make(call, 'createNetworkOffering', {
    ...{ name, guestiptype: 'Isolated', traffictype: 'Guest', supportedservices: 'Dhcp,Dns', enable: 'true' },
    ...more,
  })

const setUp = async (call: Call) => {
  const zone = await setUpZone(call, 'ssh://root@192.0.2.30:22')
  const { zoneid } = zone
  const [routed, dynamic] = [
    await offering(call, 'routed', { networkmode: 'ROUTED' }),
    await offering(call, 'dynamic', { networkmode: 'ROUTED', routingmode: 'Dynamic' }),
  ]
  const parentid = await make(call, 'createIpv4SubnetForZone', { zoneid, subnet: '198.18.0.0/24' })
  const subnetid = await make(call, 'createIpv4SubnetForGuestNetwork', { parentid, subnet: '198.18.0.0/26' })
  const rangeid = await make(call, 'createASNRange', { zoneid, startasn: '64512', endasn: '64512' })
  const peerid = await make(call, 'createBgpPeer', {
    zoneid,
    asnumber: '65000',
    ipaddress: '203.0.113.1',
    password: 'secret-1',
  })
  const networkid = await make(call, 'createNetwork', {
    ...{ zoneid, name: 'd', networkofferingid: dynamic, cidrsize: '26', bgppeerids: peerid },
  })
  const natted = { zoneid, name: 'n', networkofferingid: zone.isolated, gateway: '10.5.0.1', netmask: '255.255.255.0' }
  const nattedid = await make(call, 'createNetwork', natted)
  const guestid = await make(call, 'deployVirtualMachine', { ...zone.guest, name: 'g', networkids: nattedid })
  return { zoneid, routed, dynamic, parentid, subnetid, rangeid, peerid, networkid, nattedid, natted, guestid }
}

type Ids = Awaited<ReturnType<typeof setUp>>
type Refused = Refusal<Ids>

const peer = (at: Ids) => ({ zoneid: at.zoneid, asnumber: '65001', ipaddress: '203.0.113.2' })
const network = (at: Ids) => ({ zoneid: at.zoneid, name: 'x', networkofferingid: at.routed })
const boot = (at: Ids) => ({ id: at.guestid, kernel: 'http://198.51.100.9/vmlinuz' })
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const refusals: readonly Refused[] = [
  ['createBgpPeer', () => ({}), 431, /zoneid is required.*asnumber is required/],
  ['createBgpPeer', (at) => ({ ...peer(at), zoneid: NOBODY }), 431, /Invalid parameter zoneid/],
  ['createBgpPeer', (at) => ({ zoneid: at.zoneid, asnumber: '1' }), 431, /Parameter ipaddress: a peer has/],
  ['createBgpPeer', (at) => ({ ...peer(at), asnumber: '0' }), 431, /asnumber: '0' is not between/],
  ['createBgpPeer', (at) => ({ ...peer(at), asnumber: '23456' }), 431, /asnumber: '23456' is reserved/],
  ['createBgpPeer', (at) => ({ ...peer(at), asnumber: '4294967295' }), 431, /asnumber: '4294967295' is not between/],
  ['createBgpPeer', (at) => ({ ...peer(at), asnumber: '1.5' }), 431, /asnumber: '1.5' is not a whole number/],
  [
    'createBgpPeer',
    (at) => ({ ...peer(at), ipaddress: '203.0.113.2\n!' }),
    431,
    /ipaddress: .* is not an IPv4 address/s,
  ],
  [
    'createBgpPeer',
    (at) => ({ ...peer(at), ip6address: 'fe80::1%eth0' }),
    431,
    /ip6address: .* is not an IPv6 address/,
  ],
  ['createBgpPeer', (at) => ({ ...peer(at), password: 'two words' }), 431, /Parameter password.* is not a password/],
  ['createBgpPeer', (at) => ({ ...peer(at), password: 'a\nrouter bgp 1' }), 431, /Parameter password.* is not a pass/],
  ['createBgpPeer', (at) => ({ ...peer(at), password: 'a"b' }), 431, /Parameter password.* is not a password/],
  ['createBgpPeer', (at) => ({ ...peer(at), password: 'x'.repeat(81) }), 431, /Parameter password.*80/],
  ['createBgpPeer', (at) => ({ ...peer(at), 'details[0].Foo': '1' }), 431, /Parameter details: there is no 'Foo'/],
  ['createBgpPeer', (at) => ({ ...peer(at), 'details[0].__proto__': '1' }), 431, /Parameter details/],
  ['createBgpPeer', (at) => ({ ...peer(at), 'details[0].EBGP_MultiHop': '256' }), 431, /details: EBGP_MultiHop is not/],
  ['createBgpPeer', (at) => ({ ...peer(at), 'details[0].Import': 'all\nexit' }), 431, /details: Import is not/],
  ['createBgpPeer', (at) => ({ ...peer(at), ipaddress: '203.0.113.1' }), 431, /already a bgp peer/],
  ['createBgpPeer', (at) => ({ ...peer(at), account: 'nobody' }), 431, /Parameter account/],
  ['updateBgpPeer', () => ({ id: NOBODY }), 431, /no BGP peer has the id/],
  [
    'updateBgpPeer',
    (at) => ({ id: at.peerid, cleanupdetails: 'true', 'details[0].HoldTime': '9' }),
    431,
    /Parameter cleanupdetails/,
  ],
  ['deleteBgpPeer', () => ({ id: NOBODY }), 431, /no BGP peer has the id/],
  ['deleteBgpPeer', (at) => ({ id: at.peerid }), 536, /still depends on it/],
  ['releaseBgpPeer', (at) => ({ id: at.peerid }), 534, /is not dedicated/],
  ['dedicateBgpPeer', (at) => ({ id: at.peerid, account: 'nobody' }), 431, /Parameter account/],
  ['dedicateBgpPeer', () => ({ id: 'x' }), 431, /id: 'x' is not a UUID/],
  ['listBgpPeers', () => ({ id: NOBODY }), 431, /no BGP peer has the id/],
  [
    'changeBgpPeersForNetwork',
    (at) => ({ networkid: at.nattedid, bgppeerids: at.peerid }),
    431,
    /not routed dynamically/,
  ],
  [
    'changeBgpPeersForNetwork',
    (at) => ({ networkid: at.networkid, bgppeerids: NOBODY }),
    431,
    /no BGP peer has the id/,
  ],
  ['changeBgpPeersForVpc', () => ({ vpcid: NOBODY }), 431, /no VPC has the id/],

  [
    'createASNRange',
    (at) => ({ zoneid: at.zoneid, startasn: '9', endasn: '8' }),
    431,
    /endasn: 8 is before startasn 9/,
  ],
  ['createASNRange', (at) => ({ zoneid: at.zoneid, startasn: '1', endasn: '10001' }), 431, /at most 10000 numbers/],
  ['createASNRange', (at) => ({ zoneid: at.zoneid, startasn: '64000', endasn: '64600' }), 537, /overlap/],
  ['createASNRange', () => ({ zoneid: NOBODY, startasn: '1', endasn: '2' }), 431, /Invalid parameter zoneid/],
  ['deleteASNRange', (at) => ({ id: at.rangeid }), 536, /AS number 64512 of the range is in use/],
  ['releaseASNumber', (at) => ({ zoneid: at.zoneid, asnumber: '64512' }), 536, /delete that first/],
  ['releaseASNumber', (at) => ({ zoneid: at.zoneid, asnumber: '7' }), 431, /the zone has no AS number 7/],
  ['listASNumbers', () => ({ asnrangeid: NOBODY }), 431, /no range of AS numbers has the id/],

  ['createIpv4SubnetForZone', (at) => ({ zoneid: at.zoneid, subnet: '198.18.1.1/24' }), 431, /bits set behind its pre/],
  ['createIpv4SubnetForZone', (at) => ({ zoneid: at.zoneid, subnet: '169.254.0.0/24' }), 431, /holds addresses of/],
  ['createIpv4SubnetForZone', (at) => ({ zoneid: at.zoneid, subnet: '198.18.0.0/16' }), 537, /overlaps 198.18.0.0\/24/],
  ['createIpv4SubnetForZone', (at) => ({ zoneid: at.zoneid, subnet: '1.2.3.0/24;x' }), 431, /Parameter subnet/],
  ['deleteIpv4SubnetForZone', (at) => ({ id: at.parentid }), 536, /198.18.0.0\/26, id [0-9a-f-]{36}, is part of it/],
  ['createIpv4SubnetForGuestNetwork', (at) => ({ parentid: at.parentid }), 431, /give subnet or cidrsize/],
  [
    'createIpv4SubnetForGuestNetwork',
    (at) => ({ parentid: at.parentid, subnet: '198.18.0.0/25' }),
    537,
    /overlaps 198.18.0.0\/26, id [0-9a-f-]{36}/,
  ],
  [
    'createIpv4SubnetForGuestNetwork',
    (at) => ({ parentid: at.parentid, subnet: '198.19.0.0/26' }),
    431,
    /is not inside 198.18.0.0\/24/,
  ],
  ['createIpv4SubnetForGuestNetwork', (at) => ({ parentid: at.parentid, cidrsize: '24' }), 533, /no free block/],
  [
    'createIpv4SubnetForGuestNetwork',
    (_at) => ({ parentid: NOBODY, cidrsize: '26' }),
    431,
    /Invalid parameter parentid/,
  ],
  ['deleteIpv4SubnetForGuestNetwork', () => ({ id: NOBODY }), 431, /no IPv4 subnet has the id/],
  ['deleteIpv4SubnetForGuestNetwork', (at) => ({ id: at.subnetid }), 536, /Network d has 198.18.0.0\/26/],

  ['createNetwork', (at) => network(at), 431, /a routed network needs cidrsize, or gateway and netmask/],
  ['createNetwork', (at) => ({ ...network(at), cidrsize: '7' }), 431, /cidrsize: '7' is not between 8 and 29/],
  ['createNetwork', (at) => ({ ...network(at), cidrsize: '24' }), 533, /no free IPv4 subnet of prefix length 24/],
  [
    'createNetwork',
    (at) => ({ ...network(at), gateway: '10.9.0.1', netmask: '255.255.255.0' }),
    431,
    /10.9.0.0\/24 is in no IPv4 subnet of the zone/,
  ],
  [
    'createNetwork',
    (at) => ({ ...at.natted, name: 'y', gateway: '10.6.0.1', cidrsize: '26' }),
    431,
    /cidrsize: it is for offerings with networkmode ROUTED/,
  ],
  [
    'createNetwork',
    (at) => ({ ...network(at), networkofferingid: at.dynamic, cidrsize: '26' }),
    533,
    /no free AS number: add a range/,
  ],
  ['createNetwork', (at) => ({ ...network(at), cidrsize: '26', asnumber: '64512' }), 431, /not routed dynamically/],

  ['setVirtualMachineNetboot', () => ({ id: NOBODY, kernel: 'http://x/y' }), 431, /no guest has the id/],
  ['setVirtualMachineNetboot', (at) => ({ ...boot(at), kernel: 'file:///etc/shadow' }), 431, /Parameter kernel/],
  ['setVirtualMachineNetboot', (at) => ({ ...boot(at), kernel: 'http://x/a\nshell' }), 431, /Parameter kernel/],
  ['setVirtualMachineNetboot', (at) => ({ ...boot(at), kernel: 'http://x/a b' }), 431, /Parameter kernel/],
  ['setVirtualMachineNetboot', (at) => ({ ...boot(at), initrd: 'http://x/a,"' }), 431, /Parameter initrd/],
  ['setVirtualMachineNetboot', (at) => ({ ...boot(at), arguments: 'a\nshell' }), 431, /Parameter arguments/],
  ['setVirtualMachineNetboot', (at) => ({ ...boot(at), arguments: 'a || shell' }), 431, /Parameter arguments/],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what iPXE would expand
  ['setVirtualMachineNetboot', (at) => ({ ...boot(at), arguments: '${net0/mac}' }), 431, /Parameter arguments/],
  ['setVirtualMachineNetboot', (at) => ({ ...boot(at), script: base64('#!ipxe\n') }), 431, /give one of the two/],
  ['setVirtualMachineNetboot', (at) => ({ id: at.guestid, arguments: 'a' }), 431, /Parameter kernel: initrd and/],
  ['setVirtualMachineNetboot', (at) => ({ id: at.guestid, script: '!' }), 431, /script: .*is not base64/],
  ['setVirtualMachineNetboot', (at) => ({ id: at.guestid, script: base64('shell\n') }), 431, /is not an iPXE script/],
  ['setVirtualMachineNetboot', (at) => ({ id: at.guestid, script: base64('#!ipxe\n\0') }), 431, /is not an iPXE scr/],
  ['listVirtualMachineNetboots', () => ({ virtualmachineid: NOBODY }), 431, /no guest has the id/],
  ['listNetworkTraffic', () => ({ networkid: NOBODY }), 431, /no network has the id/],
  ['listNetworkTraffic', () => ({ type: 'All' }), 431, /type: 'All' is not one of Guest, PublicIp/],
  ['updateConfiguration', () => ({ name: 'router.stats.interval', value: '0' }), 431, /Parameter value/],
]

describe('a refused call about routing, netboot and traffic', () => {
  it('says what is wrong and changes nothing', async () => {
    const key = randomBytes(32)
    await using api = await startApi(lab.cluster, { seal: (context, secret) => seal(key, context, secret) })
    const at = await setUp(api.call)
    expect(JSON.stringify(await rowsOf(api.db, TABLES))).not.toContain('secret-1')
    await expectRefusals(api, TABLES, refusals, at)
  })

  it('gives networks that are made at once subnets and numbers of their own', async () => {
    await using api = await startApi(lab.cluster)
    const { zoneid } = await setUpZone(api.call, 'ssh://root@192.0.2.30:22')
    const networkofferingid = await offering(api.call, 'dynamic', { networkmode: 'ROUTED', routingmode: 'Dynamic' })
    await make(api.call, 'createIpv4SubnetForZone', { zoneid, subnet: '198.18.0.0/24' })
    await make(api.call, 'createASNRange', { zoneid, startasn: '64512', endasn: '64600' })
    const statuses = await atOnce(10, (index) =>
      api.call('createNetwork', { zoneid, networkofferingid, name: `n${index}`, cidrsize: '27' }),
    )
    expect(statuses).toEqual([...Array(8).fill(200), 533, 533])
    const numbers = await list(api.call, 'listASNumbers', 'asnumber', { isallocated: 'true' })
    expect(numbers.map(({ asnumber }) => asnumber)).toEqual(Array.from({ length: 8 }, (_, index) => 64_512 + index))
  })
})

describe('a dedicated peer', () => {
  it("is that of its owner's networks, and of nobody else's until it is released", async () => {
    await using api = await startApi(lab.cluster)
    const { call, db } = api
    const { zoneid } = await setUpZone(call, 'ssh://root@192.0.2.30:22')
    const networkofferingid = await offering(call, 'dynamic', { networkmode: 'ROUTED', routingmode: 'Dynamic' })
    await make(call, 'createIpv4SubnetForZone', { zoneid, subnet: '198.18.0.0/24' })
    await make(call, 'createASNRange', { zoneid, startasn: '64512', endasn: '64600' })
    const [shop, corp] = [await makeDomain(call, 'shop'), await makeDomain(call, 'corp')]
    for (const name of ['ann', 'bob']) await makeAccount(call, name, shop)
    await makeAccount(call, 'cyd', corp)
    const peer = (last: string, more: Record<string, string> = {}) =>
      make(call, 'createBgpPeer', { zoneid, asnumber: '65000', ipaddress: `203.0.113.${last}`, ...more })
    const everyones = await peer('1')
    const anns = await peer('2', { account: 'ann', domainid: shop })
    const shops = await peer('3')
    await call('dedicateBgpPeer', { id: shops, domainid: shop })
    const network = { zoneid, networkofferingid, cidrsize: '28' }
    const of = (account: string, domainid: string) =>
      make(call, 'createNetwork', { ...network, name: account, account, domainid })
    const networks = { ann: await of('ann', shop), bob: await of('bob', shop), cyd: await of('cyd', corp) }
    const peersOf = async (id: string) => {
      const base = { router: { id }, zone: { id: zoneid }, networks: [{ id, offering: { routingmode: 'Dynamic' } }] }
      const rows = await routing.read(db, base as never, {} as never)
      return rows.peers.map((one) => one.id)
    }
    expect(await peersOf(networks.ann)).toEqual([everyones, anns, shops])
    expect(await peersOf(networks.bob)).toEqual([everyones, shops])
    expect(await peersOf(networks.cyd)).toEqual([everyones])
    const change = (networkid: string, bgppeerids: string) =>
      call('changeBgpPeersForNetwork', { networkid, bgppeerids }).then(({ status }) => status)
    expect([await change(networks.cyd, shops), await change(networks.bob, anns)]).toEqual([531, 531])
    expect([await change(networks.bob, shops), await change(networks.ann, anns)]).toEqual([200, 200])
    expect((await call('createNetwork', { ...network, name: 'x', bgppeerids: anns })).status).toBe(531)

    const named = async (params: Record<string, string>) =>
      (await list(call, 'listBgpPeers', 'bgppeer', params)).map(({ id, account, domain }) => [id, account, domain])
    expect(await named({ isdedicated: 'true', domainid: shop })).toEqual([
      [anns, 'ann', 'shop'],
      [shops, undefined, 'shop'],
    ])
    expect(await named({ account: 'ann', domainid: shop })).toEqual([[anns, 'ann', 'shop']])
    await call('releaseBgpPeer', { id: anns })
    expect(await named({ isdedicated: 'false' })).toEqual([
      [everyones, undefined, undefined],
      [anns, undefined, undefined],
    ])
    expect(await peersOf(networks.cyd)).toEqual([everyones, anns])
  })
})

describe('traffic', () => {
  it('only grows, also when a router is another one or begins anew', async () => {
    await using api = await startApi(lab.cluster)
    const zone = await setUpZone(api.call, 'ssh://root@192.0.2.30:22')
    const natted = { zoneid: zone.zoneid, name: 'n', networkofferingid: zone.isolated }
    const networkid = await make(api.call, 'createNetwork', {
      ...natted,
      gateway: '10.5.0.1',
      netmask: '255.255.255.0',
    })
    const guest = await make(api.call, 'deployVirtualMachine', { ...zone.guest, name: 'g', networkids: networkid })
    await sql`update nic set address = '10.5.0.2' where guest = ${guest}`.execute(api.db)
    const router = async (): Promise<string> => {
      const { rows } = await sql<{ id: string }>`
        insert into router (zone, network, linklocal, host_key_private, host_key_public)
        values (${zone.zoneid}, ${networkid}, '169.254.3.4', 'x', 'y') returning id`.execute(api.db)
      return rows[0]?.id ?? ''
    }
    const count = (bytes: number) => ({
      addresses: [],
      guests: [
        { address: '10.5.0.2', receivedBytes: bytes, receivedPackets: 1, sentBytes: 2 * bytes, sentPackets: 2 },
        { address: '10.5.0.99', receivedBytes: 5, receivedPackets: 5, sentBytes: 5, sentPackets: 5 },
      ],
    })
    const read = (id: string, bytes: number) => api.db.transaction().execute((trx) => addCounted(trx, id, count(bytes)))
    const shown = async () => {
      const rows = await list(api.call, 'listNetworkTraffic', 'networktraffic', { networkid })
      return rows.map(({ receivedbytes, sentbytes }) => [receivedbytes, sentbytes])
    }
    const first = await router()
    await read(first, 1000)
    expect(await shown()).toEqual([[1000, 2000]])
    // A guest's IPv6 address is one with its other one.
    await sql`update network set ip6cidr = '2001:db8:5::/64', ip6gateway = '2001:db8:5::1' where id = ${networkid}`.execute(
      api.db,
    )
    await sql`update nic set address6 = '2001:db8:5::10', mac = '02:00:00:00:05:01' where guest = ${guest}`.execute(
      api.db,
    )
    const six = { receivedBytes: 200, receivedPackets: 1, sentBytes: 400, sentPackets: 2 }
    const both = { addresses: [], guests: [...count(1000).guests, { address: '2001:db8:5::10', ...six }] }
    await api.db.transaction().execute((trx) => addCounted(trx, first, both))
    expect(await shown()).toEqual([[1200, 2400]])
    await read(first, 1000)
    await read(first, 1500)
    expect(await shown()).toEqual([[1700, 3400]])
    // Its disk was lost.
    await read(first, 100)
    expect(await shown()).toEqual([[1800, 3600]])
    await sql`delete from router where id = ${first}`.execute(api.db)
    await read(await router(), 50)
    expect(await shown()).toEqual([[1850, 3700]])
    const [vm] = await list(api.call, 'listVirtualMachines', 'virtualmachine', { id: guest })
    expect(vm).toMatchObject({ networkkbsread: 1, networkkbswrite: 3 })
  })
})
