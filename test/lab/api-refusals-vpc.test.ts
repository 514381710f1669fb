import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Call, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { expectRefusals, make, NOBODY, type Refusal } from './refusals.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let api: Awaited<ReturnType<typeof startApi>>
let vpcs: Vpcs
beforeAll(async () => {
  lab = await openTestCluster()
  api = await startApi(lab.cluster)
  vpcs = await makeVpcs(api.call)
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
  await lab.remove()
})

const TABLES = [
  'vpc_offering',
  'network_offering',
  'vpc',
  'network',
  'private_gateway',
  'static_route',
  'public_ip',
  'network_acl_list',
  'nic',
  'async_job',
] as const

/** Two VPCs, the first with a tier, a private gateway and a static route. */
const makeVpcs = async (call: Call) => {
  const dns = { dns1: '192.0.2.53', internaldns1: '192.0.2.53' }
  const zoneid = await make(call, 'createZone', { name: 'z1', networktype: 'Advanced', ...dns })
  const otherzoneid = await make(call, 'createZone', { name: 'z2', networktype: 'Advanced', ...dns })
  const physicalnetworkid = await make(call, 'createPhysicalNetwork', { zoneid, name: 'p1' })
  for (const traffictype of ['Guest', 'Public']) await call('addTrafficType', { physicalnetworkid, traffictype })
  await call('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const range = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.10', endip: '203.0.113.19' }
  await call('createVlanIpRange', { zoneid, ...range })
  const vpcofferingid = await make(call, 'listVPCOfferings')
  const thin = { name: 'thin', supportedservices: 'Dhcp,Dns,SourceNat,NetworkACL', enable: 'true' }
  const thinvpcofferingid = await make(call, 'createVPCOffering', thin)
  const off = await make(call, 'createVPCOffering', { name: 'off' })
  const vpc = { zoneid, vpcofferingid, cidr: '10.0.0.0/16' }
  const vpcid = await make(call, 'createVPC', { ...vpc, name: 'v1' })
  const other = await make(call, 'createVPC', { ...vpc, name: 'v2', vpcofferingid: thinvpcofferingid })
  const tierofferingid = await make(call, 'listNetworkOfferings', {
    name: 'DefaultIsolatedNetworkOfferingForVpcNetworks',
  })
  const isolatedofferingid = await make(call, 'listNetworkOfferings', { forvpc: 'false' })
  const tier = { zoneid, vpcid, networkofferingid: tierofferingid, netmask: '255.255.255.0' }
  const tierid = await make(call, 'createNetwork', { ...tier, name: 't1', gateway: '10.0.1.1' })
  const site = { ipaddress: '172.16.0.2', gateway: '172.16.0.1', netmask: '255.255.255.0' }
  const gatewayid = await make(call, 'createPrivateGateway', { vpcid, ...site })
  const routeid = await make(call, 'createStaticRoute', { gatewayid, cidr: '192.168.0.0/16' })
  const { id: aclOfOther } = await api.db
    .insertInto('network_acl_list')
    .values({ vpc: other, name: 'mine', description: '' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const ids = { vpcid, other, tierid, gatewayid, routeid, aclOfOther, off, vpcofferingid, isolatedofferingid }
  return { ...ids, zoneid, otherzoneid, vpc, tier }
}

type Vpcs = Awaited<ReturnType<typeof makeVpcs>>
type Refused = Refusal<Vpcs>

const privateGateway = (v: Vpcs) => ({
  vpcid: v.vpcid,
  ipaddress: '172.17.0.2',
  gateway: '172.17.0.1',
  netmask: '255.255.255.0',
})
const named = { name: 'x' }

const refusals: readonly Refused[] = [
  ['createVPCOffering', () => ({}), 431, /name is required/],
  ['createVPCOffering', () => ({ name: 'thin' }), 431, /already a vpc offering with name 'thin'/],
  ['createVPCOffering', () => ({ name: 'a\u0007b' }), 431, /Parameter name has a control character/],
  ['createVPCOffering', () => ({ ...named, supportedservices: 'Dhcp,Magic' }), 431, /supportedservices: Magic cannot/],
  ['createVPCOffering', () => ({ ...named, supportedservices: 'Dhcp,Firewall' }), 431, /NetworkACL in the place of/],
  ['createVPCOffering', () => ({ ...named, supportedservices: 'StaticNat' }), 431, /StaticNat needs SourceNat/],
  ['createVPCOffering', () => ({ ...named, routingmode: 'Static' }), 431, /Parameter routingmode: it is for/],
  [
    'createVPCOffering',
    () => ({ ...named, 'serviceproviderlist[0].service': 'Lb', 'serviceproviderlist[0].provider': 'Netscaler' }),
    431,
    /Parameter serviceproviderlist: Lb has no provider 'Netscaler', only VirtualRouter/,
  ],
  ['updateVPCOffering', () => ({ id: NOBODY, name: 'x' }), 431, /no VPC offering has the id/],
  ['updateVPCOffering', (v) => ({ id: v.off, state: 'Broken' }), 431, /Parameter state: 'Broken' is not one of/],
  ['deleteVPCOffering', (v) => ({ id: v.vpcofferingid }), 536, /A vpc still depends on it/],
  ['deleteVPCOffering', () => ({ id: NOBODY }), 431, /no VPC offering has the id/],
  ['listVPCOfferings', () => ({ id: NOBODY }), 431, /no VPC offering has the id/],
  [
    'createNetworkOffering',
    () => ({ ...named, guestiptype: 'Isolated', traffictype: 'Guest', supportedservices: 'NetworkACL' }),
    431,
    /NetworkACL is for tiers of a VPC/,
  ],
  [
    'createNetworkOffering',
    () => ({
      ...named,
      guestiptype: 'Isolated',
      traffictype: 'Guest',
      supportedservices: 'Lb',
      'servicecapabilitylist[0].service': 'Lb',
      'servicecapabilitylist[0].capabilitytype': 'lbSchemes',
      'servicecapabilitylist[0].capabilityvalue': 'sideways',
    }),
    431,
    /Parameter servicecapabilitylist: lbSchemes of Lb is not 'sideways' but public or internal/,
  ],
  [
    'createNetworkOffering',
    () => ({
      ...named,
      guestiptype: 'Isolated',
      traffictype: 'Guest',
      supportedservices: 'SourceNat',
      networkmode: 'ROUTED',
    }),
    431,
    /Parameter networkmode: a ROUTED network has no SourceNat/,
  ],

  [
    'createVPC',
    () => ({ ...named }),
    431,
    /zoneid is required.*vpcofferingid is required|vpcofferingid is required.*zoneid/,
  ],
  [
    'createVPC',
    ({ vpc: { cidr: _, ...vpc } }) => ({ ...vpc, ...named }),
    431,
    /Parameter cidr is required by createVPC/,
  ],
  ['createVPC', (v) => ({ ...v.vpc, ...named, cidr: '10.0.0.1/16' }), 431, /cidr: '10.0.0.1\/16' has bits set/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, cidr: '10.0.0.0/30' }), 431, /has no prefix length from 8 to 29/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, cidr: '224.0.0.0/8' }), 431, /not in a range that hosts can have/],
  [
    'createVPC',
    (v) => ({ ...v.vpc, ...named, cidr: '203.0.0.0/16' }),
    537,
    /overlaps the public network 203.0.113.0\/24/,
  ],
  [
    'createVPC',
    (v) => ({ ...v.vpc, ...named, networkdomain: 'a"b' }),
    431,
    /Parameter networkdomain: .* is not a domain/,
  ],
  ['createVPC', (v) => ({ ...v.vpc, ...named, networkdomain: 'a\nb' }), 431, /Parameter networkdomain/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, zoneid: NOBODY }), 431, /no zone has the id/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, vpcofferingid: NOBODY }), 431, /no VPC offering has the id/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, vpcofferingid: v.off }), 431, /VPC offering off is disabled/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, start: 'soon' }), 431, /start: 'soon' is neither true nor false/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, sourcenatipaddress: '203.0.113.99' }), 431, /the zone has no address/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, account: 'nobody' }), 431, /no account 'nobody'/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, dns1: '192.0.2.1\nserver=x' }), 431, /Parameter dns1/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, dns2: '192.0.2.1' }), 431, /dns2 needs dns1/],
  ['createVPC', (v) => ({ ...v.vpc, ...named, ip6dns1: '192.0.2.1' }), 431, /ip6dns1: .* is not an IPv6 address/],
  ['updateVPC', () => ({ id: NOBODY, name: 'x' }), 431, /no VPC has the id/],
  [
    'updateVPC',
    (v) => ({ id: v.vpcid, sourcenatipaddress: '203.0.113' }),
    431,
    /sourcenatipaddress: .* is not an IPv4/,
  ],
  [
    'updateVPC',
    (v) => ({ id: v.vpcid, sourcenatipaddress: '203.0.113.19' }),
    431,
    /sourcenatipaddress: 203.0.113.19 is no address of the vpc: take it with associateIpAddress/,
  ],
  ['updateNetwork', (v) => ({ id: v.tierid, sourcenatipaddress: '203.0.113.10' }), 431, /a tier has that of its VPC/],
  [
    'createNetwork',
    (v) => ({ ...v.tier, ...named, gateway: '10.0.9.1', sourcenatipaddress: '203.0.113.19' }),
    431,
    /sourcenatipaddress: a tier has that of its VPC/,
  ],
  ['updateVPC', (v) => ({ id: v.vpcid, name: '' }), 431, /Parameter name: '' is empty/],
  ['restartVPC', () => ({ id: NOBODY }), 431, /no VPC has the id/],
  ['deleteVPC', (v) => ({ id: v.vpcid }), 536, /VPC v1 still has the tiers t1: delete them first/],
  ['deleteVPC', () => ({ id: NOBODY }), 431, /no VPC has the id/],
  ['listVPCs', () => ({ id: NOBODY }), 431, /no VPC has the id/],
  ['listVPCs', () => ({ cidr: '10.0.0.0' }), 431, /Parameter cidr: '10.0.0.0' is not an IPv4 address with prefix/],
  ['listRouters', () => ({ vpcid: NOBODY }), 431, /no VPC has the id/],
  ['listNetworks', () => ({ vpcid: NOBODY }), 431, /no VPC has the id/],

  [
    'createNetwork',
    (v) => ({ ...v.tier, ...named, gateway: '10.1.0.1' }),
    431,
    /are not inside those of VPC v1, 10.0.0.0/,
  ],
  [
    'createNetwork',
    (v) => ({ ...v.tier, ...named, gateway: '10.0.1.129', netmask: '255.255.255.128' }),
    537,
    /10.0.1.128\/25 overlap those of the tier t1 \(10.0.1.0\/24\), id [0-9a-f-]{36}, of the same VPC [0-9a-f-]{36}/,
  ],
  [
    'createNetwork',
    ({ tier: { netmask: _, ...tier } }) => ({ ...tier, ...named }),
    431,
    /gateway and netmask are required/,
  ],
  ['createNetwork', (v) => ({ ...v.tier, ...named, gateway: '10.0.2.1', vpcid: NOBODY }), 431, /no VPC has the id/],
  [
    'createNetwork',
    (v) => ({ ...v.tier, ...named, gateway: '10.0.2.1', zoneid: v.otherzoneid }),
    431,
    /Parameter vpcid: VPC v1 is in another zone/,
  ],
  [
    'createNetwork',
    (v) => ({ ...v.tier, ...named, gateway: '10.0.2.1', networkofferingid: v.isolatedofferingid }),
    431,
    /is not for tiers of a VPC/,
  ],
  [
    'createNetwork',
    ({ tier: { vpcid: _, ...tier } }) => ({ ...tier, ...named, gateway: '10.0.2.1' }),
    431,
    /is for tiers of a VPC: give vpcid too/,
  ],
  [
    'createNetwork',
    (v) => ({ ...v.tier, ...named, gateway: '10.0.2.1', vpcid: v.other }),
    431,
    /has UserData, StaticNat, PortForwarding, Lb|has .*Lb.*, which the offering thin of VPC v2 does not give/,
  ],
  [
    'createNetwork',
    (v) => ({ ...v.tier, ...named, gateway: '10.0.2.1', aclid: NOBODY }),
    431,
    /no network ACL list has/,
  ],
  [
    'createNetwork',
    (v) => ({ ...v.tier, ...named, gateway: '10.0.2.1', aclid: v.aclOfOther }),
    431,
    /list mine is another VPC's/,
  ],

  ['createPrivateGateway', () => ({}), 431, /ipaddress is required/],
  // A router could not tell the public side from that of its private gateway, whichever of the two is the wider one.
  ...['255.255.0.0', '255.255.255.128'].map(
    (netmask): Refused => [
      'createVlanIpRange',
      (v) => ({ zoneid: v.zoneid, gateway: '172.16.0.9', netmask, startip: '172.16.0.10', endip: '172.16.0.11' }),
      537,
      /overlaps the private gateway 172\.16\.0\.2/,
    ],
  ),
  ['createPrivateGateway', (v) => ({ ...privateGateway(v), vpcid: NOBODY }), 431, /no VPC has the id/],
  [
    'createPrivateGateway',
    (v) => ({ ...privateGateway(v), ipaddress: '172.17.0' }),
    431,
    /ipaddress: '172.17.0' is not/,
  ],
  [
    'createPrivateGateway',
    (v) => ({ ...privateGateway(v), gateway: '172.18.0.1' }),
    431,
    /gateway: 172.18.0.1 is not in/,
  ],
  ['createPrivateGateway', (v) => ({ ...privateGateway(v), gateway: '172.17.0.2' }), 431, /is the router itself/],
  ['createPrivateGateway', (v) => ({ ...privateGateway(v), ipaddress: '172.17.0.255' }), 431, /broadcast address/],
  ['createPrivateGateway', (v) => ({ ...privateGateway(v), netmask: '255.255.255.255' }), 431, /two hosts or more/],
  [
    'createPrivateGateway',
    (v) => ({ ...privateGateway(v), vlan: '7' }),
    431,
    /Parameter vlan: '7' is not supported yet/,
  ],
  ['createPrivateGateway', (v) => ({ ...privateGateway(v), vlan: 'br0; reboot' }), 431, /Parameter vlan/],
  ['createPrivateGateway', (v) => ({ ...privateGateway(v), physicalnetworkid: NOBODY }), 431, /physicalnetworkid/],
  [
    'createPrivateGateway',
    (v) => ({ ...privateGateway(v), ipaddress: '10.0.9.2', gateway: '10.0.9.1' }),
    431,
    /overlaps the VPC's own addresses/,
  ],
  [
    'createPrivateGateway',
    (v) => ({ ...privateGateway(v), ipaddress: '172.16.0.3', gateway: '172.16.0.1' }),
    537,
    /network of the private gateway 172.16.0.2, id [0-9a-f-]{36}/,
  ],
  [
    'createPrivateGateway',
    (v) => ({ ...privateGateway(v), ipaddress: '192.168.7.2', gateway: '192.168.7.1' }),
    537,
    /the static route to 192.168.0.0\/16, id [0-9a-f-]{36}/,
  ],
  [
    'createPrivateGateway',
    (v) => ({ ...privateGateway(v), ipaddress: '203.0.113.7', gateway: '203.0.113.1' }),
    537,
    /overlaps the public network/,
  ],
  [
    'createPrivateGateway',
    (v) => ({ ...privateGateway(v), vpcid: v.other, ipaddress: '172.16.0.2', gateway: '172.16.0.1' }),
    431,
    /already a private gateway with address '172.16.0.2'/,
  ],
  ['deletePrivateGateway', () => ({ id: NOBODY }), 431, /no private gateway has the id/],
  ['deletePrivateGateway', (v) => ({ id: v.gatewayid }), 536, /static routes to 192.168.0.0\/16 lead by it/],
  ['listPrivateGateways', () => ({ id: NOBODY }), 431, /no private gateway has the id/],
  ['listPrivateGateways', () => ({ state: 'Broken' }), 431, /Parameter state: 'Broken' is not one of/],

  ['createStaticRoute', (v) => ({ gatewayid: v.gatewayid }), 431, /cidr is required/],
  ['createStaticRoute', () => ({ cidr: '192.169.0.0/16' }), 431, /needs gatewayid, or nexthop with vpcid/],
  ['createStaticRoute', () => ({ cidr: '192.169.0.0/16', nexthop: '10.0.1.9' }), 431, /vpcid is required/],
  ['createStaticRoute', (v) => ({ cidr: 'ten', gatewayid: v.gatewayid }), 431, /Parameter cidr: 'ten' is not/],
  ['createStaticRoute', (v) => ({ cidr: '192.169.0.1/16', gatewayid: v.gatewayid }), 431, /has bits set behind/],
  ['createStaticRoute', (v) => ({ cidr: '0.0.0.0/0', gatewayid: v.gatewayid }), 431, /is the way out by the public/],
  ['createStaticRoute', (v) => ({ cidr: '10.0.4.0/24', gatewayid: v.gatewayid }), 431, /overlaps the VPC's own/],
  ['createStaticRoute', (v) => ({ cidr: '127.0.0.0/8', gatewayid: v.gatewayid }), 431, /which are not routed/],
  ['createStaticRoute', () => ({ cidr: '192.169.0.0/16', gatewayid: NOBODY }), 431, /no private gateway has the id/],
  [
    'createStaticRoute',
    (v) => ({ cidr: '192.169.0.0/16', gatewayid: v.gatewayid, vpcid: v.other }),
    431,
    /is another VPC's/,
  ],
  [
    'createStaticRoute',
    (v) => ({ cidr: '192.168.7.0/24', gatewayid: v.gatewayid }),
    537,
    /overlaps that to 192.168.0.0\/16, id [0-9a-f-]{36}/,
  ],
  [
    'createStaticRoute',
    (v) => ({ cidr: '192.169.0.0/16', vpcid: v.vpcid, nexthop: '10.0.7.7' }),
    431,
    /nexthop: 10.0.7.7 is in no tier/,
  ],
  [
    'createStaticRoute',
    (v) => ({ cidr: '192.169.0.0/16', vpcid: v.vpcid, nexthop: '172.16.0.2' }),
    431,
    /is the router itself/,
  ],
  ['deleteStaticRoute', () => ({ id: NOBODY }), 431, /no static route has the id/],
  ['listStaticRoutes', () => ({ vpcid: NOBODY }), 431, /no VPC has the id/],
  ['listStaticRoutes', () => ({ gatewayid: 'x' }), 431, /Parameter gatewayid: 'x' is not a UUID/],
]

it.each(refusals)('%s is refused and changes nothing (%#)', (...refusal) =>
  expectRefusals(api, TABLES, [refusal], vpcs),
)

it('answers another tier, gateway or route where the first ones do not stand in the way', async () => {
  const { call } = api
  const { tier, vpcid, gatewayid } = vpcs
  await make(call, 'createNetwork', { ...tier, name: 't2', gateway: '10.0.2.1' })
  await make(call, 'createPrivateGateway', privateGateway(vpcs))
  await make(call, 'createStaticRoute', { cidr: '192.169.0.0/16', gatewayid })
  await make(call, 'createStaticRoute', { cidr: '192.170.0.0/16', vpcid, nexthop: '10.0.1.9' })
})

it('has no more tiers than its router can have nics', async () => {
  const { call } = api
  const { tier } = vpcs
  const answers: number[] = []
  for (let index = 100; index < 120; index++)
    answers.push((await call('createNetwork', { ...tier, name: `t${index}`, gateway: `10.0.${index}.1` })).status)
  // Two tiers and two private gateways are there from before.
  expect(answers).toEqual([...Array(16).fill(200), ...Array(4).fill(533)])
})
