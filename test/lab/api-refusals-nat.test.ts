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

const TABLES = ['network', 'vpc', 'public_ip', 'ip_rule', 'port_forwarding', 'firewall_rule', 'async_job'] as const

/** Two networks and a VPC's tier with a guest each, and addresses in every state. */
const setUp = async (call: Call, db: Kysely<Database>) => {
  const zone = await setUpZone(call, 'ssh://root@192.0.2.30:22')
  const { zoneid, isolated, tier } = zone
  const more = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.20', endip: '203.0.113.29' }
  await make(call, 'createVlanIpRange', { zoneid, ...more })
  const network = (name: string, gateway: string, params: Record<string, string>) =>
    make(call, 'createNetwork', { zoneid, name, gateway, netmask: '255.255.255.0', ...params })
  const networkid = await network('n1', '10.5.0.1', { networkofferingid: isolated })
  const othernetworkid = await network('n2', '10.6.0.1', { networkofferingid: isolated })
  const bare = { name: 'bare', guestiptype: 'Isolated', traffictype: 'Guest', enable: 'true' }
  const offering = await make(call, 'createNetworkOffering', { ...bare, supportedservices: 'Dhcp,SourceNat' })
  const barenetworkid = await network('n3', '10.7.0.1', { networkofferingid: offering })
  const [vpcoffering] = await list(call, 'listVPCOfferings', 'vpcoffering', { name: 'Default VPC offering' })
  const vpc = { zoneid, name: 'v1', cidr: '10.8.0.0/16', vpcofferingid: idOf(vpcoffering) }
  const vpcid = await make(call, 'createVPC', vpc)
  const tierid = await network('t1', '10.8.1.1', { networkofferingid: tier, vpcid })
  const deploy = (name: string, networkids: string): Promise<string> =>
    make(call, 'deployVirtualMachine', { ...zone.guest, name, networkids })
  const guestid = await deploy('one', networkid)
  const secondid = await deploy('two', networkid)
  const foreignid = await deploy('three', othernetworkid)
  const bareguestid = await deploy('four', barenetworkid)
  const tierguestid = await deploy('five', tierid)
  await sql`update nic set address = '10.5.0.2' where guest = ${guestid}`.execute(db)
  const take = (params: Record<string, string>): Promise<string> => make(call, 'associateIpAddress', params)
  const ip = await take({ networkid })
  const ruleid = await make(call, 'createPortForwardingRule', {
    ...{ ipaddressid: ip, virtualmachineid: guestid, protocol: 'tcp' },
    ...{ publicport: '80', publicendport: '90', privateport: '80' },
  })
  const staticip = await take({ networkid })
  await call('enableStaticNat', { ipaddressid: staticip, virtualmachineid: guestid })
  const ipruleid = await make(call, 'createIpForwardingRule', {
    ipaddressid: staticip,
    protocol: 'udp',
    startport: '53',
  })
  const spare = await take({ networkid })
  const sourceip = await take({ networkid })
  await sql`update public_ip set is_source_nat = true where id = ${sourceip}`.execute(db)
  const vpcip = await take({ vpcid })
  const vpcstaticip = await take({ vpcid })
  await call('enableStaticNat', { ipaddressid: vpcstaticip, virtualmachineid: tierguestid, networkid: tierid })
  const wideip = await take({ vpcid })
  const vpcruleid = await make(call, 'createPortForwardingRule', {
    ...{ ipaddressid: wideip, virtualmachineid: tierguestid, networkid: tierid, protocol: 'udp' },
    ...{ publicport: '1', publicendport: '60000', privateport: '1', cidrlist: '192.0.2.0/24,198.51.100.0/24' },
  })
  const bareip = await take({ networkid: barenetworkid })
  const leaving = await take({ networkid })
  await sql`update public_ip set release_revision = 99 where id = ${leaving}`.execute(db)
  const [free] = await list(call, 'listPublicIpAddresses', 'publicipaddress', { state: 'Free' })
  const networks = { networkid, othernetworkid, barenetworkid, vpcid, tierid, zoneid }
  const guests = { guestid, secondid, foreignid, bareguestid, tierguestid }
  const addresses = { ip, staticip, spare, sourceip, vpcip, vpcstaticip, bareip, leaving, free: idOf(free) }
  return { ...networks, ...guests, ...addresses, ruleid, ipruleid, vpcruleid }
}

type Ids = Awaited<ReturnType<typeof setUp>>
type Refused = Refusal<Ids>

const forward = (at: Ids, more: Record<string, string> = {}) => ({
  ...{ ipaddressid: at.ip, virtualmachineid: at.guestid, protocol: 'tcp', publicport: '8080', privateport: '80' },
  ...more,
})
const create = (more: Record<string, string>, text: RegExp, status = 431): Refused => [
  'createPortForwardingRule',
  (at) => forward(at, more),
  status,
  text,
]

const refusals: readonly Refused[] = [
  ['associateIpAddress', () => ({}), 431, /needs networkid, vpcid or zoneid/],
  ['associateIpAddress', (at) => ({ networkid: at.networkid, vpcid: at.vpcid }), 431, /exclude each other/],
  ['associateIpAddress', () => ({ networkid: NOBODY }), 431, /networkid .*no network has the id/],
  ['associateIpAddress', () => ({ vpcid: NOBODY }), 431, /vpcid .*no VPC has the id/],
  ['associateIpAddress', () => ({ networkid: 'n1' }), 431, /networkid: 'n1' is not a UUID/],
  [
    'associateIpAddress',
    (at) => ({ networkid: at.networkid, ipaddress: '8.8.8.8' }),
    431,
    /ipaddress: the zone has no/,
  ],
  [
    'associateIpAddress',
    (at) => ({ networkid: at.networkid, ipaddress: '010.0.0.1' }),
    431,
    /ipaddress: .* is not an IPv4/,
  ],
  [
    'associateIpAddress',
    (at) => ({ networkid: at.networkid, ipaddress: '203.0.113.10' }),
    536,
    /ipaddress: .* is Allocated/,
  ],
  ['associateIpAddress', (at) => ({ networkid: at.networkid, isportable: 'true' }), 431, /isportable/],
  ['disassociateIpAddress', () => ({}), 431, /needs id or ipaddress/],
  ['disassociateIpAddress', () => ({ id: NOBODY }), 431, /no public address has the id/],
  ['disassociateIpAddress', (at) => ({ id: at.sourceip }), 431, /source NAT address/],
  ['disassociateIpAddress', (at) => ({ id: at.free }), 534, /belongs to no network/],
  ['disassociateIpAddress', (at) => ({ id: at.leaving }), 534, /is being released/],
  ['disassociateIpAddress', () => ({ ipaddress: '203.0.113.29' }), 431, /ipaddress: 0 addresses are/],
  ['reserveIpAddress', (at) => ({ id: at.ip }), 536, /is Allocated: only a free one/],
  ['releaseIpAddress', (at) => ({ id: at.free }), 534, /is Free, not Reserved/],
  ['releaseIpAddress', (at) => ({ id: at.ip }), 534, /is Allocated, not Reserved/],
  ['updateIpAddress', () => ({ id: NOBODY }), 431, /no public address has the id/],
  [
    'enableStaticNat',
    (at) => ({ ipaddressid: at.sourceip, virtualmachineid: at.secondid }),
    431,
    /the source NAT address/,
  ],
  ['enableStaticNat', (at) => ({ ipaddressid: at.free, virtualmachineid: at.secondid }), 534, /belongs to no network/],
  ['enableStaticNat', (at) => ({ ipaddressid: at.spare, virtualmachineid: NOBODY }), 431, /no guest has the id/],
  [
    'enableStaticNat',
    (at) => ({ ipaddressid: at.spare, virtualmachineid: at.foreignid }),
    431,
    /virtualmachineid: the guest three is not on the network n1/,
  ],
  [
    'enableStaticNat',
    (at) => ({ ipaddressid: at.spare, virtualmachineid: at.secondid, vmguestip: '10.5.0.77' }),
    431,
    /vmguestip: the guest two does not have 10.5.0.77/,
  ],
  [
    'enableStaticNat',
    (at) => ({ ipaddressid: at.ip, virtualmachineid: at.secondid }),
    537,
    (at) => new RegExp(`${at.ip} has the PortForwarding rule ${at.ruleid}`),
  ],
  [
    'enableStaticNat',
    (at) => ({ ipaddressid: at.spare, virtualmachineid: at.guestid }),
    537,
    (at) => new RegExp(`has the public address ${at.staticip} already, and ${at.spare}`),
  ],
  [
    'enableStaticNat',
    (at) => ({ ipaddressid: at.staticip, virtualmachineid: at.secondid }),
    537,
    /another guest already/,
  ],
  [
    'enableStaticNat',
    (at) => ({ ipaddressid: at.vpcip, virtualmachineid: at.tierguestid }),
    431,
    /networkid is required/,
  ],
  [
    'enableStaticNat',
    (at) => ({ ipaddressid: at.bareip, virtualmachineid: at.bareguestid }),
    431,
    /no service StaticNat/,
  ],
  ['disableStaticNat', (at) => ({ ipaddressid: at.ip }), 431, /has no static NAT/],
  create({ publicport: '0' }, /publicport: '0' is not between 1 and 65535/),
  create({ publicport: '65536' }, /publicport: '65536' is not between/),
  create({ publicport: '8o' }, /publicport: '8o' is not a whole number/),
  create({ publicport: '-1' }, /publicport: '-1' is not between/),
  create({ publicendport: '8000' }, /publicendport: 8000 is below the first port 8080/),
  create({ privateendport: '70' }, /privateendport: 70 is below/),
  create({ publicendport: '8090', privateendport: '85' }, /privateendport: 80-85 is not as long .* give 90/),
  create({ privateendport: '81' }, /privateendport: 80-81 is not as long/),
  create({ publicendport: '9000', privateport: '65000' }, /privateport: the range would end at 65920/),
  create({ protocol: 'icmp' }, /protocol: 'icmp' is not one of tcp, udp/),
  create({ protocol: 'tcp\nflush ruleset' }, /protocol: 'tcp\nflush ruleset' is not one of/),
  create({ protocol: 'tcp"' }, /protocol: 'tcp"' is not one of/),
  create({ cidrlist: '10.0.0.0/8, accept' }, /cidrlist/),
  create({ cidrlist: '10.0.0.0/33' }, /cidrlist/),
  create({ vmguestip: '10.5.0.2;x' }, /vmguestip: '10.5.0.2;x' is not an IPv4/),
  create({ vmguestip: '10.5.0.3' }, /vmguestip: the guest one does not have 10.5.0.3/),
  create({ virtualmachineid: NOBODY }, /virtualmachineid .*no guest has the id/),
  create({ ipaddressid: NOBODY }, /ipaddressid .*no public address has the id/),
  create({ networkid: NOBODY }, /networkid .*no network has the id/),
  [
    'createPortForwardingRule',
    (at) => forward(at, { networkid: at.othernetworkid }),
    431,
    /networkid: .* does not belong/,
  ],
  [
    'createPortForwardingRule',
    (at) => forward(at, { virtualmachineid: at.foreignid }),
    431,
    /three is not on the network n1/,
  ],
  ['createPortForwardingRule', (at) => forward(at, { ipaddressid: at.free }), 534, /belongs to no network/],
  ['createPortForwardingRule', (at) => forward(at, { ipaddressid: at.leaving }), 534, /is being released/],
  [
    'createPortForwardingRule',
    (at) => forward(at, { ipaddressid: at.bareip, virtualmachineid: at.bareguestid }),
    431,
    /no service PortForwarding/,
  ],
  [
    'createPortForwardingRule',
    (at) => forward(at, { publicport: '70', publicendport: '80', privateport: '70' }),
    537,
    (at) => new RegExp(`for tcp 70-80 .* overlaps the port forwarding rule ${at.ruleid} for tcp 80-90`),
  ],
  [
    'createPortForwardingRule',
    (at) => forward(at, { ipaddressid: at.staticip }),
    537,
    (at) => new RegExp(`${at.staticip} has a static NAT to the guest ${at.guestid}`),
  ],
  [
    'createPortForwardingRule',
    (at) => forward(at, { ipaddressid: at.vpcip, virtualmachineid: at.tierguestid }),
    431,
    /networkid is required/,
  ],
  [
    'createPortForwardingRule',
    (at) =>
      forward(at, {
        ipaddressid: at.vpcip,
        virtualmachineid: at.tierguestid,
        networkid: at.tierid,
        openfirewall: 'true',
      }),
    431,
    /openfirewall: a VPC has ACLs/,
  ],
  ['updatePortForwardingRule', () => ({ id: NOBODY }), 431, /no port forwarding rule has the id/],
  ['updatePortForwardingRule', (at) => ({ id: at.ipruleid }), 431, /no port forwarding rule has the id/],
  ['updatePortForwardingRule', (at) => ({ id: at.ruleid, privateport: '65530' }), 431, /range would end at 65540/],
  [
    'updatePortForwardingRule',
    (at) => ({ id: at.ruleid, privateport: '80', privateendport: '81' }),
    431,
    /not as long/,
  ],
  ['updatePortForwardingRule', (at) => ({ id: at.ruleid, vmguestip: '10.5.0.2' }), 431, /virtualmachineid is required/],
  [
    'updatePortForwardingRule',
    (at) => ({ id: at.ruleid, virtualmachineid: at.foreignid }),
    431,
    /is not on the network/,
  ],
  ['updatePortForwardingRule', (at) => ({ id: at.ruleid, cidrlist: '0.0.0.0/0' }), 431, /cidrlist: only of a VPC/],
  ['deletePortForwardingRule', () => ({ id: NOBODY }), 431, /no port forwarding rule has the id/],
  ['deletePortForwardingRule', (at) => ({ id: at.ipruleid }), 431, /no port forwarding rule has the id/],
  ['listPortForwardingRules', () => ({ ipaddressid: NOBODY }), 431, /no public address has the id/],
  ['listPortForwardingRules', () => ({ id: NOBODY }), 431, /no port forwarding rule has the id/],
  ['listPublicIpAddresses', () => ({ vpcid: NOBODY }), 431, /no VPC has the id/],
  // What decides nothing must not look as if it did.
  create({ openfirewall: 'false', cidrlist: '192.0.2.0/24' }, /cidrlist: with openfirewall=false/),
  [
    'createIpForwardingRule',
    (at) => ({
      ipaddressid: at.staticip,
      protocol: 'tcp',
      startport: '7',
      openfirewall: 'false',
      cidrlist: '8.8.8.0/24',
    }),
    431,
    /cidrlist: with openfirewall=false/,
  ],
  ...(['cidrlist', 'openfirewall'] as const).map(
    (name): Refused => [
      'createIpForwardingRule',
      (at) => ({
        ...{ ipaddressid: at.vpcstaticip, protocol: 'tcp', startport: '7' },
        [name]: name === 'cidrlist' ? '192.0.2.0/24' : 'true',
      }),
      431,
      new RegExp(`${name}: a VPC's ACLs decide`),
    ],
  ),
  [
    'createPortForwardingRule',
    (at) =>
      forward(at, {
        ...{ ipaddressid: at.vpcip, virtualmachineid: at.tierguestid, networkid: at.tierid },
        ...{ publicport: '1', publicendport: '60000', privateport: '2', cidrlist: '192.0.2.0/24,198.51.100.0/24' },
      }),
    431,
    /cidrlist: 2 sources for 60000 ports that change are 120000 entries/,
  ],
  [
    'updatePortForwardingRule',
    (at) => ({ id: at.vpcruleid, privateport: '2', privateendport: '60001' }),
    431,
    /cidrlist: 2 sources for 60000 ports that change/,
  ],
  [
    'createIpForwardingRule',
    (at) => ({ ipaddressid: at.ip, protocol: 'tcp', startport: '1' }),
    431,
    /has no static NAT/,
  ],
  [
    'createIpForwardingRule',
    (at) => ({ ipaddressid: at.staticip, protocol: 'tcp', startport: '9', endport: '8' }),
    431,
    /endport: 8 is below the first port 9/,
  ],
  [
    'createIpForwardingRule',
    (at) => ({ ipaddressid: at.staticip, protocol: 'udp', startport: '50', endport: '60' }),
    537,
    (at) => new RegExp(`overlaps the static NAT rule ${at.ipruleid}`),
  ],
  ['deleteIpForwardingRule', (at) => ({ id: at.ruleid }), 431, /no IP forwarding rule has the id/],
]

describe('a refused call about NAT', () => {
  it('says what is wrong and changes nothing', async () => {
    await using api = await startApi(lab.cluster)
    const at = await setUp(api.call, api.db)
    await expectRefusals(api, TABLES, refusals, at)
  })

  it('leaves one rule of many that want the same ports, and frees them with the guest', async () => {
    await using api = await startApi(lab.cluster)
    const at = await setUp(api.call, api.db)
    const statuses = await atOnce(20, (index) => {
      const port = String(9000 + (index % 2))
      const ports = { publicport: port, publicendport: '9001', privateport: port }
      return api.call('createPortForwardingRule', forward(at, ports))
    })
    expect(statuses).toEqual([200, ...Array(19).fill(537)])
    await sql`delete from guest where id = ${at.guestid}`.execute(api.db)
    const left = await sql<{ purpose: string }>`select purpose from ip_rule where network = ${at.networkid}`.execute(
      api.db,
    )
    expect(left.rows).toEqual([])
    const opened = await sql<{
      n: string
    }>`select count(*) as n from firewall_rule where public_ip is not null`.execute(api.db)
    expect(opened.rows).toEqual([{ n: '0' }])
    const listed = async (params: Record<string, string>) =>
      (await list(api.call, 'listPublicIpAddresses', 'publicipaddress', params)).map(idOf)
    expect(await listed({ keyword: 'nonsense' })).toEqual([])
    expect(await listed({ keyword: '203.0.113', isstaticnat: 'true' })).toEqual([at.vpcstaticip])
    const again = await api.call(
      'createPortForwardingRule',
      forward(at, { virtualmachineid: at.secondid, publicport: '80' }),
    )
    expect(again.status).toBe(200)
  })
})
