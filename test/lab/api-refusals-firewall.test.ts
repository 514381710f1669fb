import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, setUpZone } from './balanced.ts'
import { atOnce, expectRefusals, make, NOBODY, type Refusal } from './refusals.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const TABLES = [
  'network',
  'vpc',
  'firewall_rule',
  'network_acl_list',
  'network_acl',
  'private_gateway',
  'async_job',
] as const

/** Networks of every kind, with rules of every kind, and two VPCs with lists of their own. */
const setUp = async (call: Call, db: Kysely<Database>) => {
  const { zoneid, isolated, tier } = await setUpZone(call, 'ssh://root@192.0.2.30:22')
  const more = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.20', endip: '203.0.113.29' }
  await make(call, 'createVlanIpRange', { zoneid, ...more })
  const network = (name: string, gateway: string, params: Record<string, string>) =>
    make(call, 'createNetwork', { zoneid, name, gateway, netmask: '255.255.255.0', ...params })
  const offering = (name: string, supportedservices: string) =>
    make(call, 'createNetworkOffering', {
      name,
      guestiptype: 'Isolated',
      traffictype: 'Guest',
      enable: 'true',
      supportedservices,
    })
  const networkid = await network('n1', '10.5.0.1', { networkofferingid: isolated })
  const bareid = await network('n2', '10.6.0.1', { networkofferingid: await offering('bare', 'Dhcp,SourceNat') })
  const routedid = await network('n3', '10.7.0.1', {
    networkofferingid: await offering('routed', 'Dhcp,Firewall,SourceNat'),
  })
  const sixid = await network('n4', '10.9.0.1', { networkofferingid: await offering('six', 'Dhcp,Firewall,SourceNat') })
  await sql`update network_offering set networkmode = 'ROUTED' where name = 'routed'`.execute(db)
  await sql`update network_offering set internetprotocol = 'DualStack' where name = 'six'`.execute(db)
  const [vpcoffering] = await list(call, 'listVPCOfferings', 'vpcoffering', { name: 'Default VPC offering' })
  const vpc = (name: string, cidr: string) =>
    make(call, 'createVPC', { zoneid, name, cidr, vpcofferingid: idOf(vpcoffering) })
  const [vpcid, othervpcid] = [await vpc('v1', '10.8.0.0/16'), await vpc('v2', '10.10.0.0/16')]
  const listOf = (of: string, name: string) => make(call, 'createNetworkACLList', { vpcid: of, name })
  const [aclid, spareid, foreignid] = [
    await listOf(vpcid, 'a'),
    await listOf(vpcid, 'b'),
    await listOf(othervpcid, 'c'),
  ]
  const tierid = await network('t1', '10.8.1.1', { networkofferingid: tier, vpcid, aclid })
  const [open] = await list(call, 'listNetworkACLLists', 'networkacllist', { name: 'default_allow' })
  const [openitem] = await list(call, 'listNetworkACLs', 'networkacl', { aclid: idOf(open) })
  const gatewayid = await make(call, 'createPrivateGateway', {
    ...{ vpcid, ipaddress: '172.30.0.2', gateway: '172.30.0.1', netmask: '255.255.255.0', aclid },
  })
  const item = (number: string, params: Record<string, string> = {}) =>
    make(call, 'createNetworkACL', { aclid, protocol: 'tcp', number, startport: '80', ...params })
  const [first, second, third] = [await item('1'), await item('2'), await item('5')]
  const foreignitem = await make(call, 'createNetworkACL', { aclid: foreignid, protocol: 'all' })
  const ip = await make(call, 'associateIpAddress', { networkid })
  const bareip = await make(call, 'associateIpAddress', { networkid: bareid })
  const vpcip = await make(call, 'associateIpAddress', { vpcid })
  const leaving = await make(call, 'associateIpAddress', { networkid })
  await sql`update public_ip set release_revision = 99 where id = ${leaving}`.execute(db)
  const [free] = await list(call, 'listPublicIpAddresses', 'publicipaddress', { state: 'Free' })
  const rule = await make(call, 'createFirewallRule', {
    ...{ ipaddressid: ip, protocol: 'tcp', startport: '80', endport: '90', cidrlist: '192.0.2.0/24,198.51.100.0/24' },
  })
  const egress = await make(call, 'createEgressFirewallRule', { networkid, protocol: 'udp' })
  const routing = await make(call, 'createRoutingFirewallRule', {
    networkid: routedid,
    protocol: 'icmp',
    icmptype: '8',
  })
  const six = await make(call, 'createIpv6FirewallRule', { networkid: sixid, protocol: 'tcp', startport: '22' })
  const networks = { networkid, bareid, routedid, sixid, tierid, vpcid, gatewayid }
  const acls = {
    aclid,
    spareid,
    foreignid,
    openid: idOf(open),
    openitem: idOf(openitem),
    first,
    second,
    third,
    foreignitem,
  }
  return { ...networks, ...acls, ip, bareip, vpcip, leaving, free: idOf(free), rule, egress, routing, six }
}

type Ids = Awaited<ReturnType<typeof setUp>>
type Refused = Refusal<Ids>

const ingress = (more: Record<string, string>, text: RegExp | ((at: Ids) => RegExp), status = 431): Refused => [
  'createFirewallRule',
  (at) => ({ ipaddressid: at.ip, protocol: 'tcp', startport: '1000', ...more }),
  status,
  text,
]
const acl = (more: Record<string, string>, text: RegExp | ((at: Ids) => RegExp), status = 431): Refused => [
  'createNetworkACL',
  (at) => ({ aclid: at.aclid, protocol: 'tcp', startport: '1000', ...more }),
  status,
  text,
]
const move = (more: (at: Ids) => Record<string, string>, text: RegExp): Refused => [
  'moveNetworkAclItem',
  (at) => ({ id: at.first, ...more(at) }),
  431,
  text,
]

const refusals: readonly Refused[] = [
  ['createFirewallRule', () => ({ protocol: 'tcp' }), 431, /ipaddressid/],
  ['createFirewallRule', () => ({ ipaddressid: NOBODY, protocol: 'tcp' }), 431, /no public address has the id/],
  ['createFirewallRule', (at) => ({ ipaddressid: at.vpcip, protocol: 'tcp' }), 431, /ipaddressid: .*createNetworkACL/],
  [
    'createFirewallRule',
    (at) => ({ ipaddressid: at.bareip, protocol: 'tcp' }),
    431,
    /ipaddressid: .*no service Firewall/,
  ],
  ['createFirewallRule', (at) => ({ ipaddressid: at.free, protocol: 'tcp' }), 534, /not associated with a network/],
  ['createFirewallRule', (at) => ({ ipaddressid: at.leaving, protocol: 'tcp' }), 534, /not associated with a network/],
  ingress({ protocol: 'gre' }, /protocol: 'gre' is not one of/),
  ingress({ protocol: 'tcp\nudp' }, /protocol: .* is not one of/s),
  ingress({ startport: '65536' }, /startport: '65536' is not between/),
  ingress({ startport: '-1' }, /startport: '-1' is not between/),
  ingress({ startport: '80; drop' }, /startport: .* is not a whole number/),
  ingress({ startport: '90', endport: '80' }, /endport: 80 comes before startport 90/),
  ingress({ protocol: 'icmp' }, /startport: 1000 is a port, which only tcp and udp have/),
  ingress({ protocol: 'all' }, /startport: 1000 is a port/),
  ingress({ icmptype: '8' }, /icmptype: only icmp has types/),
  ingress({ icmptype: '256' }, /icmptype: '256' is not between/),
  [
    'createFirewallRule',
    (at) => ({ ipaddressid: at.ip, protocol: 'tcp', endport: '80' }),
    431,
    /startport: endport alone/,
  ],
  [
    'createFirewallRule',
    (at) => ({ ipaddressid: at.ip, protocol: 'icmp', icmpcode: '0' }),
    431,
    /icmpcode: 0 is a code/,
  ],
  ingress({ cidrlist: '10.0.0.0/33' }, /cidrlist: .* has an item that is not a network/),
  ingress({ cidrlist: '10.0.0.0/8,' }, /cidrlist: .* has an item that is not a network/),
  ingress({ cidrlist: '010.0.0.0/8' }, /cidrlist: .* has an item that is not a network/),
  ingress({ cidrlist: '2001:db8::/32' }, /cidrlist: .* has an item that is not a network/),
  ingress({ cidrlist: '10.0.0.0/8 } accept' }, /cidrlist: .* has an item that is not a network/),
  ingress({ cidrlist: '10.0.0.0/8\n10.1.0.0/16' }, /cidrlist: .* has an item that is not a network/s),
  ingress({ cidrlist: '"10.0.0.0/8"' }, /cidrlist: .* has an item that is not a network/),
  ingress({ fordisplay: 'false' }, /fordisplay/),
  ingress({ type: 'system' }, /type: 'system' is not one of user/),
  ingress({ startport: '85', cidrlist: '198.51.100.0/24' }, (at) => new RegExp(`rule [0-9a-f-]{36} .*${at.rule}`), 537),
  ['updateFirewallRule', () => ({ id: NOBODY }), 431, /no firewall rule has the id/],
  ['updateFirewallRule', (at) => ({ id: at.rule, customid: 'x' }), 431, /customid/],
  ['deleteFirewallRule', (at) => ({ id: at.egress }), 431, /no firewall rule has the id/],
  ['listFirewallRules', () => ({ id: NOBODY }), 431, /id .*no firewall rule has the id/],
  ['listFirewallRules', () => ({ ipaddressid: NOBODY }), 431, /ipaddressid .*no public address has the id/],
  ['createEgressFirewallRule', () => ({ networkid: NOBODY, protocol: 'tcp' }), 431, /no network has the id/],
  [
    'createEgressFirewallRule',
    (at) => ({ networkid: at.tierid, protocol: 'tcp' }),
    431,
    /networkid: .*a tier of a VPC/,
  ],
  ['createEgressFirewallRule', (at) => ({ networkid: at.routedid, protocol: 'tcp' }), 431, /createRoutingFirewallRule/],
  [
    'createEgressFirewallRule',
    (at) => ({ networkid: at.networkid, protocol: 'tcp', cidrlist: '10.6.0.0/24' }),
    431,
    /cidrlist: 10.6.0.0\/24 is not within/,
  ],
  [
    'createEgressFirewallRule',
    (at) => ({ networkid: at.networkid, protocol: 'tcp', destcidrlist: 'here' }),
    431,
    /destcidrlist: .*not a network/,
  ],
  [
    'createEgressFirewallRule',
    (at) => ({ networkid: at.networkid, protocol: 'udp', startport: '53' }),
    537,
    (at) => new RegExp(at.egress),
  ],
  ['deleteEgressFirewallRule', (at) => ({ id: at.rule }), 431, /no firewall rule has the id/],
  [
    'createRoutingFirewallRule',
    (at) => ({ networkid: at.networkid, protocol: 'tcp' }),
    431,
    /networkid: .*is behind NAT/,
  ],
  [
    'createRoutingFirewallRule',
    (at) => ({ networkid: at.routedid, protocol: 'tcp', traffictype: 'Both' }),
    431,
    /traffictype: 'Both'/,
  ],
  [
    'createRoutingFirewallRule',
    (at) => ({ networkid: at.routedid, protocol: 'icmp' }),
    537,
    (at) => new RegExp(at.routing),
  ],
  ['deleteRoutingFirewallRule', (at) => ({ id: at.six }), 431, /no firewall rule has the id/],
  [
    'createIpv6FirewallRule',
    (at) => ({ networkid: at.networkid, protocol: 'tcp' }),
    431,
    /networkid: .*has IPv4 alone/,
  ],
  [
    'createIpv6FirewallRule',
    (at) => ({ networkid: at.sixid, protocol: 'tcp', cidrlist: '10.0.0.0/8' }),
    431,
    /cidrlist: .*2001:db8::\/64/,
  ],
  [
    'createIpv6FirewallRule',
    (at) => ({ networkid: at.sixid, protocol: 'tcp', startport: '22' }),
    537,
    (at) => new RegExp(at.six),
  ],
  ['updateIpv6FirewallRule', (at) => ({ id: at.six, endport: '21' }), 431, /endport: 21 comes before/],
  ['updateIpv6FirewallRule', (at) => ({ id: at.six, protocol: 'icmp', startport: '1' }), 431, /startport: 1 is a port/],
  ['updateIpv6FirewallRule', (at) => ({ id: at.routing, protocol: 'tcp' }), 431, /no firewall rule has the id/],
  ['createNetworkACLList', () => ({ name: 'x' }), 431, /vpcid: a list is of a VPC/],
  ['createNetworkACLList', () => ({ name: 'x', vpcid: NOBODY }), 431, /no VPC has the id/],
  ['createNetworkACLList', (at) => ({ name: '  ', vpcid: at.vpcid }), 431, /name: .* is empty/],
  ['updateNetworkACLList', (at) => ({ id: at.openid, name: 'x' }), 431, /id: default_allow is a default list/],
  ['deleteNetworkACLList', (at) => ({ id: at.openid }), 431, /id: default_allow is a default list/],
  ['deleteNetworkACLList', (at) => ({ id: at.aclid }), 536, /the tier t1, the gateway/],
  ['createNetworkACL', () => ({ protocol: 'tcp' }), 431, /needs aclid or networkid/],
  ['createNetworkACL', () => ({ protocol: 'tcp', aclid: NOBODY }), 431, /aclid .*no network ACL list has the id/],
  ['createNetworkACL', (at) => ({ protocol: 'tcp', networkid: at.networkid }), 431, /networkid: .*no tier/],
  ['createNetworkACL', (at) => ({ protocol: 'tcp', aclid: at.openid }), 431, /aclid: default_allow is a default list/],
  acl({ protocol: '256', startport: '' }, /protocol: '256' is not one of/),
  acl({ protocol: 'tcp"' }, /protocol: .*is not one of/),
  acl({ protocol: '47' }, /startport: 1000 is a port/),
  acl({ action: 'Reject' }, /action: 'Reject' is not one of/),
  acl({ traffictype: 'in' }, /traffictype: 'in' is not one of/),
  acl({ number: '0' }, /number: '0' is not between/),
  acl({ number: '2' }, (at) => new RegExp(`ACL item [0-9a-f-]{36} .*${at.second}`), 537),
  acl({ cidrlist: '10.0.0.0/8,::/129' }, /cidrlist: .* has an item that is not a network/),
  acl({ cidrlist: 'fe80::1%eth0' }, /cidrlist: .* has an item that is not a network/),
  acl({ startport: '20', endport: '10' }, /endport: 10 comes before/),
  ['updateNetworkACLItem', (at) => ({ id: at.first, number: '5' }), 537, (at) => new RegExp(at.third)],
  ['updateNetworkACLItem', (at) => ({ id: at.first, endport: '79' }), 431, /endport: 79 comes before startport 80/],
  ['updateNetworkACLItem', (at) => ({ id: at.openitem, action: 'Deny' }), 431, /is a default list/],
  ['updateNetworkACLItem', () => ({ id: NOBODY }), 431, /no network ACL item has the id/],
  ['deleteNetworkACL', (at) => ({ id: at.openitem }), 431, /is a default list/],
  ['deleteNetworkACL', (at) => ({ id: at.rule }), 431, /no network ACL item has the id/],
  move(() => ({}), /needs previousaclruleid or nextaclruleid/),
  move((at) => ({ previousaclruleid: at.foreignitem }), /previousaclruleid: .*another one of the same list/),
  move((at) => ({ nextaclruleid: at.first }), /nextaclruleid: .*another one of the same list/),
  move((at) => ({ previousaclruleid: at.third, nextaclruleid: at.second }), /nextaclruleid: it does not follow/),
  move(
    (at) => ({ nextaclruleid: at.third, aclconsistencyhash: 'f'.repeat(32) }),
    /aclconsistencyhash: list a has changed/,
  ),
  move(() => ({ previousaclruleid: 'first' }), /previousaclruleid: 'first' is not a UUID/),
  ['replaceNetworkACLList', (at) => ({ aclid: at.spareid }), 431, /needs networkid or gatewayid/],
  [
    'replaceNetworkACLList',
    (at) => ({ aclid: at.spareid, networkid: at.tierid, gatewayid: at.gatewayid }),
    431,
    /one of them/,
  ],
  [
    'replaceNetworkACLList',
    (at) => ({ aclid: at.foreignid, networkid: at.tierid }),
    431,
    /aclid: list c is another VPC's/,
  ],
  [
    'replaceNetworkACLList',
    (at) => ({ aclid: at.foreignid, gatewayid: at.gatewayid }),
    431,
    /aclid: list c is another VPC's/,
  ],
  ['replaceNetworkACLList', (at) => ({ aclid: at.spareid, networkid: at.networkid }), 431, /networkid: .*is no tier/],
  ['replaceNetworkACLList', (at) => ({ aclid: at.spareid, gatewayid: NOBODY }), 431, /no private gateway has the id/],
  ['listNetworkACLs', () => ({ aclid: NOBODY }), 431, /aclid .*no network ACL list has the id/],
  ['listNetworkACLs', (at) => ({ aclid: at.aclid, protocol: 'x y' }), 431, /protocol: 'x y'/],
  ['listNetworkACLLists', () => ({ vpcid: 'v1' }), 431, /vpcid: 'v1' is not a UUID/],
]

describe('a refused call about firewalls and ACLs', () => {
  it('says what is wrong and changes nothing', async () => {
    await using api = await startApi(lab.cluster)
    const at = await setUp(api.call, api.db)
    await expectRefusals(api, TABLES, refusals, at)
  })

  it('leaves one rule of many that want the same port, and one item of many of the same number', async () => {
    await using api = await startApi(lab.cluster)
    const at = await setUp(api.call, api.db)
    const rules = await atOnce(20, (index) =>
      api.call('createFirewallRule', {
        ...{ ipaddressid: at.ip, protocol: 'tcp', startport: String(9000 - index), endport: '9000' },
      }),
    )
    expect(rules).toEqual([200, ...Array(19).fill(537)])
    const items = await atOnce(20, () =>
      api.call('createNetworkACL', { aclid: at.aclid, protocol: 'all', number: '77' }),
    )
    expect(items).toEqual([200, ...Array(19).fill(537)])
    // Without a number each gets its own.
    const numbered = await atOnce(20, () => api.call('createNetworkACL', { aclid: at.aclid, protocol: 'all' }))
    expect(numbered).toEqual(Array(20).fill(200))
    const all = await list(api.call, 'listNetworkACLs', 'networkacl', { aclid: at.aclid })
    expect(all.map(({ number }) => number)).toEqual([1, 2, 5, ...Array.from({ length: 21 }, (_, index) => 77 + index)])
  })
})
