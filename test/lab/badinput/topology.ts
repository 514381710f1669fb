import { randomUUID } from 'node:crypto'
import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'
import type { Call } from '../../simulator/api.ts'
import { idOf, list, setUpZone } from '../balanced.ts'
import { issue } from '../certificates.ts'
import { make } from '../refusals.ts'
import { makePeople } from './people.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKJ0b0Y6JqQdH1dO1p0gB1Yx4Pz0mQ4v6r2wY5JmXQ1c'
export const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMJ0b0Y6JqQdH1dO1p0gB1Yx4Pz0mQ4v6r2wY5JmXQ1c'

const MASK = '255.255.255.0'
const TUNNEL = { ipsecpsk: 'correct horse battery', ikepolicy: 'aes256-sha256;modp2048', esppolicy: 'aes256-sha256' }
const ROOT = '00000000-0000-4000-8000-000000000001'

const makeZones = async (call: Call) => {
  const zone = await setUpZone(call, 'ssh://root@192.0.2.30:22')
  const { zoneid } = zone
  const more = { gateway: '203.0.113.1', netmask: MASK, startip: '203.0.113.20', endip: '203.0.113.49' }
  await make(call, 'createVlanIpRange', { zoneid, ...more })
  const unusedrange = { gateway: '203.0.113.1', netmask: MASK, startip: '203.0.113.60', endip: '203.0.113.61' }
  const vlan = await make(call, 'createVlanIpRange', { zoneid, ...unusedrange })
  const otherrange = { gateway: '203.0.113.1', netmask: MASK, startip: '203.0.113.70', endip: '203.0.113.71' }
  const dedicatedvlan = await make(call, 'createVlanIpRange', { zoneid, ...otherrange, domainid: ROOT })
  const dns = { dns1: '192.0.2.53', internaldns1: '192.0.2.53' }
  const emptyzone = await make(call, 'createZone', { name: 'empty', networktype: 'Advanced', ...dns })
  const zone2 = await make(call, 'createZone', { name: 'bare', networktype: 'Advanced', ...dns })
  const emptyphysical = await make(call, 'createPhysicalNetwork', { zoneid: zone2, name: 'p2' })
  const podRange = { gateway: '198.51.100.1', netmask: MASK, startip: '198.51.100.10' }
  const pod2 = await make(call, 'createPod', { zoneid: zone2, name: 'pod2', ...podRange })
  const podRange3 = { gateway: '198.51.101.1', netmask: MASK, startip: '198.51.101.10' }
  const emptypod = await make(call, 'createPod', { zoneid: zone2, name: 'pod3', ...podRange3 })
  const named = { clustertype: 'CloudManaged', hypervisor: 'Container' }
  const emptycluster = await make(call, 'addCluster', { zoneid: zone2, podid: pod2, clustername: 'e', ...named })
  const unserved = await make(call, 'createPhysicalNetwork', { zoneid: zone2, name: 'p3' })
  const physicalnetwork = await make(call, 'listPhysicalNetworks', { zoneid })
  const pod = await make(call, 'listPods', { zoneid })
  const cluster = await make(call, 'listClusters', { zoneid })
  const host = await make(call, 'listHosts', { zoneid })
  const added = { zoneid, podid: pod, clusterid: cluster, hypervisor: 'Container', url: 'ssh://root@192.0.2.39' }
  const sparehost = await make(call, 'addHost', added)
  const closedhost = await make(call, 'addHost', { ...added, url: 'ssh://root@192.0.2.38' })
  await make(call, 'prepareHostForMaintenance', { id: closedhost })
  const storagepool = await make(call, 'createStoragePool', {
    zoneid,
    name: 'p',
    url: 'nfs://192.0.2.9/export/primary',
  })
  const imagestore = await make(call, 'addImageStore', { provider: 'NFS', url: 'nfs://192.0.2.9/export/secondary' })
  const traffictype = await make(call, 'listTrafficTypes', { physicalnetworkid: physicalnetwork })
  const provider = await make(call, 'listNetworkServiceProviders', { physicalnetworkid: physicalnetwork })
  const hypervisorcapabilities = await make(call, 'listHypervisorCapabilities')
  const oscategory = await make(call, 'listOsCategories')
  const ostype = await make(call, 'listOsTypes')
  const spareprovider = await make(call, 'listNetworkServiceProviders', {
    physicalnetworkid: physicalnetwork,
    name: 'InternalLbVm',
  })
  const storagetraffic = await make(call, 'addTrafficType', {
    physicalnetworkid: physicalnetwork,
    traffictype: 'Storage',
  })
  const element = await make(call, 'listVirtualRouterElements', { nspid: provider })
  const innerelement = await make(call, 'listInternalLoadBalancerElements', { nspid: provider })
  const own = {
    unserved,
    sparehost,
    closedhost,
    storagepool,
    spareprovider,
    hypervisorcapabilities,
    oscategory,
    ostype,
    storagetraffic,
    imagestore,
    emptyzone,
    zone2,
    emptyphysical,
    emptypod,
    emptycluster,
    vlan,
    dedicatedvlan,
    physicalnetwork,
    pod,
    cluster,
    host,
  }
  return {
    ...own,
    zone: zoneid,
    tieroffering: zone.tier,
    offering: zone.isolated,
    guestof: zone.guest,
    traffictype,
    provider,
    element,
    innerelement,
  }
}

const makeOfferings = async (call: Call) => {
  const offering = (name: string, supportedservices: string, more: Record<string, string> = {}) =>
    make(call, 'createNetworkOffering', {
      ...{ name, guestiptype: 'Isolated', traffictype: 'Guest', enable: 'true', supportedservices },
      ...more,
    })
  return {
    routedoffering: await offering('routed', 'Dhcp,Dns,Firewall,UserData', { networkmode: 'ROUTED' }),
    dynamicoffering: await offering('dynamic', 'Dhcp,Dns', { networkmode: 'ROUTED', routingmode: 'Dynamic' }),
    sixoffering: await offering('six', 'Dhcp,Dns,UserData,SourceNat,Firewall', { internetprotocol: 'DualStack' }),
    unusednetworkoffering: await offering('unused', 'Dhcp'),
    unusedserviceoffering: await make(call, 'createServiceOffering', { name: 'odd', cpunumber: '1', memory: '64' }),
    diskoffering: await make(call, 'createDiskOffering', { name: 'disk', disksize: '5' }),
    dynamicvpcoffering: await make(call, 'createVPCOffering', {
      ...{ name: 'dynamicv', supportedservices: 'Dhcp,Dns,NetworkACL', enable: 'true' },
      ...{ networkmode: 'ROUTED', routingmode: 'Dynamic' },
    }),
    vpcoffering: await make(call, 'listVPCOfferings', { name: 'Default VPC offering' }),
    unusedvpcoffering: await make(call, 'createVPCOffering', {
      name: 'unusedv',
      supportedservices: 'Dhcp,Dns,SourceNat,NetworkACL',
    }),
  }
}

/** Every kind of object at least once, and one of each that nothing depends on. */
export const makeTopology = async (call: Call, db: Kysely<Database>) => {
  const zones = await makeZones(call)
  const offerings = await makeOfferings(call)
  const zoneid = zones.zone
  const network = (name: string, gateway: string, networkofferingid: string, more: Record<string, string> = {}) =>
    make(call, 'createNetwork', { zoneid, name, gateway, netmask: MASK, networkofferingid, ...more })
  const ipv6prefix = await make(call, 'createGuestNetworkIpv6Prefix', { zoneid, prefix: '2001:db8:100::/56' })
  const unusedprefix = await make(call, 'createGuestNetworkIpv6Prefix', {
    zoneid: zones.zone2,
    prefix: '2001:db8:200::/56',
  })
  const net = await network('n1', '10.5.0.1', zones.offering)
  const othernetwork = await network('n2', '10.6.0.1', zones.offering)
  const emptynetwork = await network('n3', '10.7.0.1', zones.offering)
  const sixnetwork = await network('n4', '10.9.0.1', offerings.sixoffering)
  const zonesubnet = await make(call, 'createIpv4SubnetForZone', { zoneid, subnet: '198.18.0.0/24' })
  const routednetwork = await make(call, 'createNetwork', {
    zoneid,
    name: 'n5',
    networkofferingid: offerings.routedoffering,
    cidrsize: '26',
  })
  const asnrange = await make(call, 'createASNRange', { zoneid, startasn: '64512', endasn: '64519' })
  const unusedasnrange = await make(call, 'createASNRange', { zoneid, startasn: '64600', endasn: '64601' })
  const bgppeer = await make(call, 'createBgpPeer', { zoneid, asnumber: '65000', ipaddress: '203.0.113.1' })
  const unusedbgppeer = await make(call, 'createBgpPeer', { zoneid, asnumber: '65001', ipaddress: '203.0.113.2' })
  const dedicatedbgppeer = await make(call, 'createBgpPeer', {
    zoneid,
    asnumber: '65002',
    ipaddress: '203.0.113.3',
    account: 'admin',
  })
  const dynamicnetwork = await make(call, 'createNetwork', {
    zoneid,
    name: 'n6',
    networkofferingid: offerings.dynamicoffering,
    cidrsize: '26',
    bgppeerids: bgppeer,
  })
  const guestsubnet = await make(call, 'createIpv4SubnetForGuestNetwork', {
    parentid: zonesubnet,
    subnet: '198.18.0.192/26',
  })
  const unusedzonesubnet = await make(call, 'createIpv4SubnetForZone', { zoneid, subnet: '198.18.8.0/24' })
  const vpc = await make(call, 'createVPC', {
    zoneid,
    name: 'v1',
    cidr: '10.8.0.0/16',
    vpcofferingid: offerings.vpcoffering,
  })
  const emptyvpc = await make(call, 'createVPC', {
    zoneid,
    name: 'v2',
    cidr: '10.10.0.0/16',
    vpcofferingid: offerings.vpcoffering,
  })
  const thirdvpc = await make(call, 'createVPC', {
    zoneid,
    name: 'v4',
    cidr: '10.12.0.0/16',
    vpcofferingid: offerings.vpcoffering,
  })
  const dynamicvpc = await make(call, 'createVPC', {
    zoneid,
    name: 'v3',
    cidr: '10.11.0.0/16',
    vpcofferingid: offerings.dynamicvpcoffering,
  })
  const acllist = await make(call, 'createNetworkACLList', { vpcid: vpc, name: 'a' })
  const spareacllist = await make(call, 'createNetworkACLList', { vpcid: vpc, name: 'b' })
  const acl = (number: string) =>
    make(call, 'createNetworkACL', { aclid: acllist, protocol: 'tcp', number, startport: '80' })
  const [aclitem, aclitem2, aclitem3] = [await acl('1'), await acl('2'), await acl('5')]
  const tier = await network('t1', '10.8.1.1', zones.tieroffering, { vpcid: vpc, aclid: acllist })
  const site = { vpcid: vpc, netmask: MASK }
  const gateway = await make(call, 'createPrivateGateway', {
    ...site,
    ipaddress: '172.30.0.2',
    gateway: '172.30.0.1',
    aclid: acllist,
  })
  const unusedgateway = await make(call, 'createPrivateGateway', {
    ...site,
    ipaddress: '172.31.0.2',
    gateway: '172.31.0.1',
  })
  const staticroute = await make(call, 'createStaticRoute', { gatewayid: gateway, cidr: '192.168.0.0/16' })
  const vpngateway = await make(call, 'createVpnGateway', { vpcid: vpc })
  const unusedvpngateway = await make(call, 'createVpnGateway', { vpcid: thirdvpc })
  const peer = (name: string, gateway: string, cidrlist: string): Promise<string> =>
    make(call, 'createVpnCustomerGateway', { name, gateway, cidrlist, ...TUNNEL })
  const customergateway = await peer('branch', '198.51.100.1', '10.60.0.0/16')
  const sparecustomergateway = await peer('shop', '198.51.100.2', '10.61.0.0/16')
  const vpnends = { s2svpngatewayid: vpngateway, s2scustomergatewayid: customergateway }
  const vpnconnection = await make(call, 'createVpnConnection', vpnends)

  const affinitygroup = await make(call, 'createAffinityGroup', { name: 'a', type: 'host affinity' })
  const securitygroup = await make(call, 'createSecurityGroup', { name: 'web' })
  const allowed = { securitygroupid: securitygroup, startport: '80', cidrlist: '0.0.0.0/0' }
  await make(call, 'authorizeSecurityGroupIngress', allowed)
  await make(call, 'authorizeSecurityGroupEgress', allowed)
  await make(call, 'generateAlert', { type: '7', name: 'probe', description: 'a probe failed' })
  const anyOf = async (table: string): Promise<string> => {
    const { rows } = await sql<{ id: string }>`select id from ${sql.table(table)} order by id limit 1`.execute(db)
    return rows[0]?.id ?? ''
  }
  const ruleOf = async (direction: string): Promise<string> => {
    const { rows } = await sql<{ id: string }>`
      select id from security_group_rule where direction = ${direction}`.execute(db)
    return rows[0]?.id ?? ''
  }
  const [securityingress, securityegress] = [await ruleOf('ingress'), await ruleOf('egress')]
  const userdata = await make(call, 'registerUserData', { name: 'shared', userdata: btoa('x') })
  const unuseduserdata = await make(call, 'registerUserData', { name: 'unused', userdata: btoa('x') })
  const keypair = await make(call, 'registerSSHKeyPair', { name: 'key', publickey: KEY })
  const deploy = (name: string, networkids: string, more: Record<string, string> = {}): Promise<string> =>
    make(call, 'deployVirtualMachine', { ...zones.guestof, name, networkids, ...more })
  const guest = await deploy('one', net, { userdataid: userdata, keypair: 'key', group: 'mine' })
  const [alert, event, instancegroup] = [await anyOf('alert'), await anyOf('event'), await anyOf('instance_group')]
  const secondguest = await deploy('two', net)
  const stopped = await deploy('three', net, { startvm: 'false' })
  const foreignguest = await deploy('four', othernetwork)
  const tierguest = await deploy('five', tier)
  const destroyed = await deploy('six', othernetwork, { startvm: 'false' })
  await make(call, 'destroyVirtualMachine', { id: destroyed })
  await sql`update guest set state = 'Destroyed' where id = ${destroyed}`.execute(db)
  await sql`update guest set state = 'Stopped' where id = ${stopped}`.execute(db)
  await sql`update guest set state = 'Running', host = ${zones.host} where id = ${guest}`.execute(db)
  const nicOf = async (id: string): Promise<string> =>
    idOf((await list(call, 'listNics', 'nic', { virtualmachineid: id }))[0])
  const [nic, stoppednic] = [await nicOf(guest), await nicOf(stopped)]
  await make(call, 'addNicToVirtualMachine', { virtualmachineid: stopped, networkid: othernetwork })
  const secondnic = idOf((await list(call, 'listNics', 'nic', { virtualmachineid: stopped }))[1])
  const secondary = await make(call, 'addIpToNic', { nicid: nic, ipaddress: '10.5.0.50' })

  const take = (params: Record<string, string>): Promise<string> => make(call, 'associateIpAddress', params)
  const freeAddress = (ipaddress: string): Promise<string> =>
    make(call, 'listPublicIpAddresses', { ipaddress, state: 'Free' })
  const ip = await take({ networkid: net })
  const portforwarding = await make(call, 'createPortForwardingRule', {
    ...{ ipaddressid: ip, virtualmachineid: guest, protocol: 'tcp', publicport: '8000', privateport: '80' },
  })
  const staticip = await take({ networkid: net })
  await make(call, 'enableStaticNat', { ipaddressid: staticip, virtualmachineid: guest })
  const iprule = await make(call, 'createIpForwardingRule', { ipaddressid: staticip, protocol: 'udp', startport: '53' })
  const spareip = await take({ networkid: net })
  const [vpcip, emptyvpcip] = [await take({ vpcid: vpc }), await take({ vpcid: emptyvpc })]
  // Routers take the first ones.
  const [free, reserved] = [await freeAddress('203.0.113.49'), await freeAddress('203.0.113.48')]
  await make(call, 'reserveIpAddress', { id: reserved })
  const open = { protocol: 'tcp', startport: '80', endport: '90' }
  const firewallrule = await make(call, 'createFirewallRule', { ipaddressid: ip, ...open })
  const egressrule = await make(call, 'createEgressFirewallRule', { networkid: net, protocol: 'udp' })
  const routingrule = await make(call, 'createRoutingFirewallRule', { networkid: routednetwork, ...open })
  const sixrule = await make(call, 'createIpv6FirewallRule', { networkid: sixnetwork, ...open })

  const balance = (name: string, publicport: string, protocol: string): Promise<string> =>
    make(call, 'createLoadBalancerRule', {
      name,
      publicport,
      protocol,
      algorithm: 'source',
      privateport: '80',
      publicipid: ip,
    })
  const [web, ssl, bareweb] = [
    await balance('web', '80', 'http'),
    await balance('ssl', '443', 'ssl'),
    await balance('bare', '81', 'http'),
  ]
  await make(call, 'assignToLoadBalancerRule', { id: web, virtualmachineids: guest })
  const sticky = idOf(
    (await call('createLBStickinessPolicy', { lbruleid: web, name: 's', methodname: 'LbCookie' })).body,
  )
  const check = idOf((await call('createLBHealthCheckPolicy', { lbruleid: web, pingpath: '/' })).body)
  const [first, second, third] = [
    await issue({ subject: '/CN=a.example' }),
    await issue({ subject: '/CN=b.example' }),
    await issue({ subject: '/CN=c.example' }),
  ]
  const upload = (name: string, one: typeof first) =>
    make(call, 'uploadSslCert', { name, certificate: one.certificate, privatekey: one.key })
  const [cert, unusedcert] = [await upload('a', first), await upload('b', second)]
  await make(call, 'assignCertToLoadBalancer', { lbruleid: ssl, certid: cert })
  const balancer = await make(call, 'createLoadBalancer', {
    ...{ name: 'in', scheme: 'Internal', algorithm: 'source', instanceport: '80', sourceport: '80' },
    ...{ networkid: tier, sourceipaddressnetworkid: tier, sourceipaddress: '10.8.1.9' },
  })
  await sql`delete from network_service_provider where physical_network = ${zones.unserved}`.execute(db)
  await sql`update guest set password_encrypted = 'eA==' where id = ${guest}`.execute(db)
  const { id: job } = await db.selectFrom('async_job').select('id').executeTakeFirstOrThrow()
  const { id: waitingjob } = await db
    .selectFrom('async_job')
    .innerJoin('guest', 'guest.id', 'async_job.target')
    .select('async_job.id')
    .where('cmd', '=', 'deployVirtualMachine')
    .where('jobstatus', '=', 0)
    .where('guest.desired', '=', 'Running')
    .where('guest.state', '<>', 'Running')
    .executeTakeFirstOrThrow()
  const { id: manager } = await db
    .insertInto('manager')
    .values({ id: randomUUID(), name: 'one', address: '127.0.0.1:1', version: '1', process: '', epoch: '1' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const { guestof, ...objects } = zones
  const people = await makePeople(call)
  return {
    ...people,
    ...objects,
    ...offerings,
    serviceoffering: guestof.serviceofferingid,
    template: guestof.templateid,
    ...{
      network: net,
      othernetwork,
      emptynetwork,
      sixnetwork,
      routednetwork,
      dynamicnetwork,
      tier,
      vpc,
      emptyvpc,
      dynamicvpc,
    },
    ...{ thirdvpc, vpngateway, unusedvpngateway, customergateway, sparecustomergateway, vpnconnection },
    ...{ ipv6prefix, unusedprefix, zonesubnet, unusedzonesubnet, guestsubnet, asnrange, unusedasnrange },
    ...{ bgppeer, unusedbgppeer, dedicatedbgppeer, acllist, spareacllist, aclitem, aclitem2, aclitem3 },
    ...{
      gateway,
      unusedgateway,
      staticroute,
      userdata,
      unuseduserdata,
      keypair,
      affinitygroup,
      alert,
      event,
      instancegroup,
      securitygroup,
      securityingress,
      securityegress,
    },
    ...{ guest, secondguest, stopped, foreignguest, tierguest, destroyed, nic, stoppednic, secondnic, secondary },
    ...{ ip, staticip, spareip, vpcip, emptyvpcip, free, reserved, portforwarding, iprule },
    ...{ firewallrule, egressrule, routingrule, sixrule, web, ssl, bareweb, sticky, check, cert, unusedcert, balancer },
    ...{ job, waitingjob, manager, certificate: third.certificate, privatekey: third.key },
  }
}

export type Topology = Awaited<ReturnType<typeof makeTopology>>
