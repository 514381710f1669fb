import { randomBytes } from 'node:crypto'
import type { Database } from '@sysvm/manager/model'
import { seal } from '@sysvm/manager/orchestration/keys/index'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, setUpZone } from './balanced.ts'
import { issue } from './certificates.ts'
import { atOnce, expectRefusals, make, NOBODY, type Refusal } from './refusals.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const TABLES = [
  ...['network', 'public_ip', 'ip_rule', 'firewall_rule', 'nic', 'async_job', 'configuration'],
  ...['load_balancer_rule', 'load_balancer_member', 'stickiness_policy', 'healthcheck_policy'],
  ...['ssl_cert', 'load_balancer_cert'],
] as const

/** Two networks with guests, an offering without Lb, rules of every kind and what may hang on them. */
const setUp = async (call: Call, db: Kysely<Database>) => {
  const zone = await setUpZone(call, 'ssh://root@192.0.2.30:22')
  const network = (name: string, gateway: string, networkofferingid = zone.isolated) =>
    make(call, 'createNetwork', {
      ...{ zoneid: zone.zoneid, networkofferingid, name, gateway, netmask: '255.255.255.0' },
    })
  const bare = await make(call, 'createNetworkOffering', {
    ...{
      name: 'bare',
      guestiptype: 'Isolated',
      traffictype: 'Guest',
      supportedservices: 'Dhcp,SourceNat',
      enable: 'true',
    },
  })
  const [networkid, othernetworkid] = [await network('n1', '10.5.0.1'), await network('n2', '10.6.0.1')]
  const barenetworkid = await network('n3', '10.7.0.1', bare)
  const deploy = async (name: string, networkids: string): Promise<string> =>
    idOf((await call('deployVirtualMachine', { ...zone.guest, name, networkids })).body)
  const [guestid, foreignid] = [await deploy('one', networkid), await deploy('two', othernetworkid)]
  await sql`update nic set address = '10.5.0.2' where guest = ${guestid}`.execute(db)
  const address = async (id: string): Promise<string> => {
    const { body } = await call('associateIpAddress', { networkid: id })
    return String(body.id)
  }
  const [publicipid, bareip] = [await address(networkid), await address(barenetworkid)]
  const rule = async (name: string, publicport: string, more: Record<string, string> = {}): Promise<string> => {
    const wanted = { name, algorithm: 'roundrobin', publicport, privateport: '80', publicipid, ...more }
    return idOf((await call('createLoadBalancerRule', wanted)).body)
  }
  const [web, ssl] = [await rule('web', '80', { protocol: 'http' }), await rule('ssl', '443', { protocol: 'ssl' })]
  const [udp, proxy] = [await rule('udp', '53', { protocol: 'udp' }), await rule('px', '25', { protocol: 'tcp-proxy' })]
  const sticky = await call('createLBStickinessPolicy', { lbruleid: web, name: 's', methodname: 'LbCookie' })
  const check = await call('createLBHealthCheckPolicy', { lbruleid: web, pingpath: '/' })
  const { certificate, key: privatekey } = await issue({ subject: '/CN=a.example' })
  const certid = await make(call, 'uploadSslCert', { name: 'a', certificate, privatekey })
  await call('assignCertToLoadBalancer', { lbruleid: ssl, certid })
  const other = await issue({ subject: '/CN=b.example' })
  const othercertid = await make(call, 'uploadSslCert', {
    name: 'b',
    certificate: other.certificate,
    privatekey: other.key,
  })
  const inner = { name: 'in', scheme: 'Internal', algorithm: 'source', instanceport: '80', sourceport: '80' }
  const internal = { ...inner, networkid, sourceipaddressnetworkid: networkid, sourceipaddress: '10.5.0.9' }
  const internalid = idOf((await call('createLoadBalancer', internal)).body)
  const ids = { networkid, othernetworkid, barenetworkid, guestid, foreignid, publicipid, bareip, web, ssl, udp, proxy }
  const hung = {
    stickyid: idOf(sticky.body),
    checkid: idOf(check.body),
    certid,
    othercertid,
    internalid,
  }
  return {
    ...ids,
    ...hung,
    certificate,
    privatekey,
    foreign: other.certificate,
    foreignkey: other.key,
    internal,
    zone: zone.guest,
  }
}

type Ids = Awaited<ReturnType<typeof setUp>>
type Refused = Refusal<Ids>

const rule = (at: Ids) => ({
  ...{ name: 'new', algorithm: 'roundrobin', publicport: '8080', privateport: '80', publicipid: at.publicipid },
})
const sticky = (at: Ids, methodname: string, ...pairs: readonly (readonly [string, string])[]) => ({
  ...{ lbruleid: at.udp, name: 'p', methodname },
  ...Object.fromEntries(
    pairs.flatMap(([name, value], index) => [
      [`param[${index}].name`, name],
      [`param[${index}].value`, value],
    ]),
  ),
})
const check = (at: Ids) => ({ lbruleid: at.proxy })
const upload = (at: Ids) => ({ name: 'c', certificate: at.certificate, privatekey: at.privatekey })

const refusals: readonly Refused[] = [
  ['createLoadBalancerRule', () => ({}), 431, /name is required.*algorithm is required.*publicport is required/],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), publicipid: '' }), 431, /Parameter publicipid is empty/],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), publicipid: NOBODY }), 431, /no public address has the id/],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), publicport: '0' }), 431, /publicport: '0' is not between/],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), publicport: '80-90' }), 431, /publicport: '80-90' is not a whole/],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), privateport: '65536' }), 431, /privateport: '65536' is not betw/],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), algorithm: 'random' }), 431, /algorithm: 'random' is not one of/],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), protocol: 'icmp' }), 431, /protocol: 'icmp' is not one of tcp/],
  [
    'createLoadBalancerRule',
    (at) => ({ ...rule(at), cidrlist: '10.0.0.0/33' }),
    431,
    /cidrlist: .* has an item that is not a network/,
  ],
  [
    'createLoadBalancerRule',
    (at) => ({ ...rule(at), cidrlist: '10.0.0.0\n/8' }),
    431,
    /cidrlist: .* has an item that is not/s,
  ],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), connectionrate: '9/0s' }), 431, /connectionrate: '9\/0s' is not/],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), requestrate: '9/9s' }), 431, /requestrate: requests are counted/],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), timeoutclient: '-1' }), 431, /timeoutclient: '-1' is not between/],
  [
    'createLoadBalancerRule',
    (at) => ({ ...rule(at), protocol: 'udp', maxconnections: '5' }),
    431,
    /protocol: limits and timeouts are not for UDP/,
  ],
  [
    'createLoadBalancerRule',
    (at) => ({ ...rule(at), protocol: 'udp', algorithm: 'leastconn' }),
    431,
    /algorithm: UDP has no connections/,
  ],
  [
    'createLoadBalancerRule',
    (at) => ({ ...rule(at), networkid: at.othernetworkid }),
    431,
    /does not belong to the netw/,
  ],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), zoneid: NOBODY }), 431, /Parameter zoneid/],
  ['createLoadBalancerRule', (at) => ({ ...rule(at), publicipid: at.bareip }), 534, /network n3 has no service Lb/],
  [
    'createLoadBalancerRule',
    (at) => ({ ...rule(at), publicport: '80' }),
    537,
    /load balancer rule [0-9a-f-]{36} for tcp 80 .* overlaps the load balancer rule [0-9a-f-]{36} for tcp 80/,
  ],
  ['createPortForwardingRule', (at) => forwarding(at, '443'), 537, /overlaps the load balancer rule [0-9a-f-]{36}/],
  [
    'enableStaticNat',
    (at) => ({ ipaddressid: at.publicipid, virtualmachineid: at.guestid }),
    537,
    /load balancer|rule [0-9a-f-]{36}|rules/,
  ],
  ['updateLoadBalancerRule', () => ({ id: NOBODY, name: 'x' }), 431, /no load balancer rule has the id/],
  ['updateLoadBalancerRule', (at) => ({ id: at.internalid, name: 'x' }), 431, /no load balancer rule has the id/],
  ['updateLoadBalancerRule', (at) => ({ id: at.web, protocol: 'udp' }), 431, /of http cannot become one of udp/],
  ['updateLoadBalancerRule', (at) => ({ id: at.web, protocol: 'tcp-proxy' }), 431, /cookies need a rule of protocol/],
  ['updateLoadBalancerRule', (at) => ({ id: at.ssl, protocol: 'tcp' }), 431, /the rule has certificates/],
  ['deleteLoadBalancerRule', (at) => ({ id: at.internalid }), 431, /no load balancer rule has the id/],
  ['assignToLoadBalancerRule', (at) => ({ id: at.web }), 431, /one of them must name a guest/],
  [
    'assignToLoadBalancerRule',
    (at) => ({ id: at.web, virtualmachineids: `${at.guestid},${at.foreignid}` }),
    431,
    /Invalid parameter virtualmachineids value=[0-9a-f-]{36}.*no guest of the network/,
  ],
  [
    'assignToLoadBalancerRule',
    (at) => ({ id: at.web, 'vmidipmap[0].vmid': at.guestid, 'vmidipmap[0].vmip': '10.5.0.77' }),
    431,
    /does not have 10.5.0.77 on the network/,
  ],
  [
    'assignToLoadBalancerRule',
    (at) => ({ id: at.web, 'vmidipmap[0].vmid': at.guestid, 'vmidipmap[0].vmip': '10.5.0.2\nserver x' }),
    431,
    /vmidipmap: '10.5.0.2\nserver x' is not an IPv4 address/,
  ],
  ['removeFromLoadBalancerRule', (at) => ({ id: at.web, virtualmachineids: at.guestid }), 431, /no member of the rule/],
  ['listLoadBalancerRuleInstances', () => ({ id: NOBODY }), 431, /no load balancer rule has the id/],
  ['listLoadBalancerRules', () => ({ publicipid: NOBODY }), 431, /no public address has the id/],
  [
    'createLBStickinessPolicy',
    (at) => ({ ...sticky(at, 'LbCookie'), lbruleid: NOBODY }),
    431,
    /Invalid parameter lbru/,
  ],
  ['createLBStickinessPolicy', (at) => sticky(at, 'Cookie'), 431, /methodname: 'Cookie' is not one of LbCookie/],
  ['createLBStickinessPolicy', (at) => sticky(at, 'LbCookie'), 431, /Parameter methodname: cookies need/],
  [
    'createLBStickinessPolicy',
    (at) => sticky(at, 'LbCookie', ['cookie-name', 'a\n  bind :1']),
    431,
    /cookie-name 'a\n {2}bind :1' is not a cookie name/,
  ],
  ['createLBStickinessPolicy', (at) => sticky(at, 'LbCookie', ['cookie-name', 'a"b']), 431, /cookie-name 'a"b' is not/],
  ['createLBStickinessPolicy', (at) => sticky(at, 'LbCookie', ['domain', "x'y"]), 431, /domain 'x'y' is not a domain/],
  ['createLBStickinessPolicy', (at) => sticky(at, 'LbCookie', ['mode', 'eat']), 431, /mode 'eat' is not one of insert/],
  ['createLBStickinessPolicy', (at) => sticky(at, 'LbCookie', ['expire', '1h']), 431, /LbCookie has no parameter 'exp/],
  ['createLBStickinessPolicy', (at) => sticky(at, 'AppCookie'), 431, /AppCookie needs cookie-name/],
  [
    'createLBStickinessPolicy',
    (at) => sticky(at, 'SourceBased', ['tablesize', '9z']),
    431,
    /tablesize '9z' is not a number of entries/,
  ],
  [
    'createLBStickinessPolicy',
    (at) => ({ ...sticky(at, 'SourceBased'), lbruleid: at.web }),
    537,
    /rule [0-9a-f-]{36} has the stickiness policy [0-9a-f-]{36} already/,
  ],
  [
    'updateLBStickinessPolicy',
    (at) => ({ id: at.stickyid, methodname: 'AppCookie' }),
    431,
    /AppCookie needs cookie-name/,
  ],
  ['deleteLBStickinessPolicy', () => ({ id: NOBODY }), 431, /no stickiness policy has the id/],
  ['listLBStickinessPolicies', () => ({}), 431, /lbruleid and id: one of them is required/],
  ['createLBHealthCheckPolicy', (at) => ({ ...check(at), pingpath: '/a b' }), 431, /pingpath: '\/a b' is not a path/],
  [
    'createLBHealthCheckPolicy',
    (at) => ({ ...check(at), pingpath: '/a\r\nHost: b' }),
    431,
    /pingpath: '\/a\r\nHost: b' is not a path/,
  ],
  ['createLBHealthCheckPolicy', (at) => ({ ...check(at), pingpath: '/"' }), 431, /pingpath: '\/"' is not a path/],
  ['createLBHealthCheckPolicy', (at) => ({ ...check(at), httpcodes: '2xx' }), 431, /httpcodes: '2xx' is not a list/],
  ['createLBHealthCheckPolicy', (at) => ({ ...check(at), intervaltime: '0' }), 431, /intervaltime: '0' is not between/],
  [
    'createLBHealthCheckPolicy',
    (at) => ({ ...check(at), checktype: 'icmp' }),
    431,
    /checktype: icmp and udp are for UDP/,
  ],
  [
    'createLBHealthCheckPolicy',
    (at) => ({ lbruleid: at.udp, pingpath: '/' }),
    431,
    /pingpath: it is for checks of type http, not icmp/,
  ],
  [
    'createLBHealthCheckPolicy',
    (at) => ({ lbruleid: at.web }),
    537,
    /has the health check policy [0-9a-f-]{36} already/,
  ],
  ['updateLBHealthCheckPolicy', (at) => ({ id: at.checkid, checktype: 'udp' }), 431, /checktype: icmp and udp are/],
  ['deleteLBHealthCheckPolicy', () => ({ id: NOBODY }), 431, /no health check policy has the id/],
  [
    'listLBHealthCheckPolicies',
    (at) => ({ id: at.checkid, lbruleid: at.udp }),
    431,
    /no health check policy of the rule/,
  ],
  ['uploadSslCert', (at) => ({ ...upload(at), certificate: 'x' }), 431, /Parameter certificate: it has no certificate/],
  [
    'uploadSslCert',
    (at) => ({ ...upload(at), privatekey: at.foreignkey }),
    431,
    /privatekey: it is not the key of the/,
  ],
  [
    'uploadSslCert',
    (at) => ({ ...upload(at), certchain: at.foreign }),
    431,
    /certchain: CN=b.example did not issue CN=a/,
  ],
  ['uploadSslCert', (at) => ({ ...upload(at), name: 'a' }), 431, /already a ssl cert with name 'a'/],
  ['uploadSslCert', (at) => ({ ...upload(at), enabledrevocationcheck: 'true' }), 431, /enabledrevocationcheck/],
  ['deleteSslCert', (at) => ({ id: at.certid }), 536, /load balancer rule [0-9a-f-]{36} shows the certificate/],
  ['deleteSslCert', () => ({ id: NOBODY }), 431, /no certificate has the id/],
  ['listSslCerts', () => ({ certid: NOBODY }), 431, /no certificate has the id/],
  ['assignCertToLoadBalancer', (at) => ({ lbruleid: at.web, certid: at.certid }), 431, /is of protocol http, not ssl/],
  ['assignCertToLoadBalancer', (at) => ({ lbruleid: at.ssl, certid: NOBODY }), 431, /no certificate has the id/],
  [
    'assignCertToLoadBalancer',
    (at) => ({ lbruleid: at.ssl, certid: at.othercertid }),
    537,
    /rule [0-9a-f-]{36} has the certificate [0-9a-f-]{36}: forced=true/,
  ],
  ['removeCertFromLoadBalancer', (at) => ({ lbruleid: at.web }), 534, /has no certificate/],
  [
    'createLoadBalancer',
    (at) => ({ ...at.internal, scheme: 'Public' }),
    431,
    /scheme: 'Public' is not one of Internal/,
  ],
  [
    'createLoadBalancer',
    (at) => ({ ...at.internal, sourceipaddressnetworkid: at.othernetworkid }),
    431,
    /sourceipaddressnetworkid: the network [0-9a-f-]{36} is no tier of the VPC/,
  ],
  ['createLoadBalancer', (at) => ({ ...at.internal, sourceipaddress: '10.6.0.9' }), 431, /is not an address for hosts/],
  ['createLoadBalancer', (at) => ({ ...at.internal, sourceipaddress: '10.5.0.1' }), 431, /is the router of network n1/],
  [
    'createLoadBalancer',
    (at) => ({ ...at.internal, sourceipaddress: '10.5.0.2' }),
    537,
    /the guest [0-9a-f-]{36} has it/,
  ],
  [
    'createLoadBalancer',
    (at) => at.internal,
    537,
    /load balancer [0-9a-f-]{36} .* overlaps the load balancer [0-9a-f-]{36}/,
  ],
  ['deleteLoadBalancer', (at) => ({ id: at.web }), 431, /no load balancer rule has the id/],
  ['updateLoadBalancer', (at) => ({ id: at.web, name: 'x' }), 431, /no load balancer rule has the id/],
  [
    'configureInternalLoadBalancerElement',
    () => ({ id: NOBODY, enabled: 'true' }),
    431,
    /no internal load balancer elem/,
  ],
  ['createInternalLoadBalancerElement', () => ({ nspid: NOBODY }), 431, /no network service provider has the id/],
  [
    'deployVirtualMachine',
    (at) => ({ ...at.zone, name: 'x', networkids: at.networkid, ipaddress: '10.5.0.9' }),
    537,
    /an internal load balancer of network n1 has 10.5.0.9/,
  ],
  ...['uri', 'port', 'visibility', 'auth'].map(
    (name): Refused => [
      'updateConfiguration',
      () => ({ name: `network.loadbalancer.haproxy.stats.${name}`, value: 'a b\n"' }),
      431,
      /Parameter value: .* is not/s,
    ],
  ),
]

const forwarding = (at: Ids, port: string) => ({
  ...{ ipaddressid: at.publicipid, virtualmachineid: at.guestid, protocol: 'tcp' },
  ...{ publicport: port, privateport: port },
})

describe('a refused call about load balancing', () => {
  it('says what is wrong and changes nothing', async () => {
    const key = randomBytes(32)
    await using api = await startApi(lab.cluster, { seal: (context, secret) => seal(key, context, secret) })
    const at = await setUp(api.call, api.db)
    await expectRefusals(api, TABLES, refusals, at)
  })

  it('leaves one rule of many that want the same port', async () => {
    await using api = await startApi(lab.cluster)
    const zone = await setUpZone(api.call, 'ssh://root@192.0.2.30:22')
    const wanted = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: 'n1' }
    const networkid = await make(api.call, 'createNetwork', {
      ...wanted,
      gateway: '10.5.0.1',
      netmask: '255.255.255.0',
    })
    const { body } = await api.call('associateIpAddress', { networkid })
    const rule = { publicipid: String(body.id), algorithm: 'source', publicport: '80', privateport: '80' }
    const statuses = await atOnce(20, (index) => api.call('createLoadBalancerRule', { ...rule, name: `r${index}` }))
    expect(statuses).toEqual([200, ...Array(19).fill(537)])
    expect(await list(api.call, 'listLoadBalancerRules', 'loadbalancerrule')).toHaveLength(1)
  })
})
