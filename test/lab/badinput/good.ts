import type { Command } from '@sysvm/manager/api/command'
import type { Routers } from './routers.ts'
import { type Topology as Objects, OTHER_KEY } from './topology.ts'

/** Ids of what there is, by what it is. */
export type Topology = Objects & Routers

export type Good = Readonly<Record<string, string>>

const RANGE = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.200', endip: '203.0.113.209' }
const POD = { gateway: '192.0.2.1', netmask: '255.255.255.0', startip: '192.0.2.200', endip: '192.0.2.209' }
const SITE = { ipaddress: '172.29.0.2', gateway: '172.29.0.1', netmask: '255.255.255.0' }

/** What `id` names, by command; of lists by what they answer. */
const ids: Readonly<Record<string, keyof Topology>> = {
  affinitygroup: 'affinitygroup',
  bgppeer: 'bgppeer',
  cluster: 'cluster',
  diskoffering: 'diskoffering',
  firewallrule: 'firewallrule',
  guestnetworkipv6prefix: 'ipv6prefix',
  host: 'host',
  ipforwardingrule: 'iprule',
  ipv4subnetsforguestnetwork: 'guestsubnet',
  ipv6firewallrule: 'sixrule',
  internalloadbalancervm: 'router',
  loadbalancer: 'balancer',
  loadbalancerrule: 'web',
  network: 'network',
  networkacl: 'aclitem',
  networkacllist: 'acllist',
  networkoffering: 'offering',
  physicalnetwork: 'physicalnetwork',
  pod: 'pod',
  portforwardingrule: 'portforwarding',
  privategateway: 'gateway',
  publicipaddress: 'ip',
  router: 'router',
  serviceoffering: 'serviceoffering',
  sshkeypair: 'keypair',
  staticroute: 'staticroute',
  template: 'template',
  userdata: 'userdata',
  virtualmachine: 'guest',
  vlaniprange: 'vlan',
  vpc: 'vpc',
  healthcheckpolicies: 'check',
  stickinesspolicies: 'sticky',
  virtualrouterelement: 'element',
  internalloadbalancerelement: 'innerelement',
  vpcoffering: 'vpcoffering',
  zone: 'zone',
  zoneipv4subnet: 'zonesubnet',
}

const values: Readonly<Record<string, keyof Topology>> = {
  aclid: 'acllist',
  affinitygroupid: 'affinitygroup',
  affinitygroupids: 'affinitygroup',
  asnrangeid: 'asnrange',
  associatednetworkid: 'network',
  bgppeerids: 'bgppeer',
  certid: 'cert',
  clusterid: 'cluster',
  gatewayid: 'gateway',
  hostid: 'host',
  ipaddressid: 'ip',
  jobid: 'job',
  lbruleid: 'web',
  networkid: 'network',
  networkids: 'network',
  networkofferingid: 'offering',
  nicid: 'nic',
  nspid: 'provider',
  parentid: 'zonesubnet',
  physicalnetworkid: 'physicalnetwork',
  podid: 'pod',
  publicipid: 'ip',
  routerid: 'router',
  serviceofferingid: 'serviceoffering',
  sourceipaddressnetworkid: 'tier',
  targetid: 'router',
  templateid: 'template',
  userdataid: 'userdata',
  virtualmachineid: 'guest',
  virtualmachineids: 'guest',
  vlanid: 'vlan',
  vpcid: 'vpc',
  vpcofferingid: 'vpcoffering',
  zoneid: 'zone',
}

/** Of lists of networks, by family; the first are guests of the network. */
const networks = ['10.5.0.0/25', '2001:db8:5::/64']

/** What a command needs beside the ids that its required parameters name. */
const own: Readonly<Record<string, (at: Topology) => Good>> = {
  addCluster: () => ({ clustername: 'new', clustertype: 'CloudManaged', hypervisor: 'Container' }),
  addHost: (at) => ({ clusterid: at.cluster, hypervisor: 'Container', url: 'ssh://root@192.0.2.31' }),
  addIpToNic: () => ({ ipaddress: '10.5.0.60' }),
  addNetworkServiceProvider: (at) => ({ name: 'VirtualRouter', physicalnetworkid: at.unserved }),
  addTrafficType: () => ({ traffictype: 'Storage' }),
  archiveAlerts: () => ({ type: '7' }),
  archiveEvents: () => ({ type: 'ZONE.CREATE' }),
  assignCertToLoadBalancer: (at) => ({ lbruleid: at.ssl, certid: at.unusedcert, additional: 'true' }),
  assignToLoadBalancerRule: (at) => ({ id: at.web, virtualmachineids: at.secondguest }),
  associateIpAddress: (at) => ({ networkid: at.network }),
  changeBgpPeersForVpc: (at) => ({ vpcid: at.dynamicvpc, bgppeerids: at.unusedbgppeer }),
  changeBgpPeersForNetwork: (at) => ({ networkid: at.dynamicnetwork, bgppeerids: at.unusedbgppeer }),
  configureInternalLoadBalancerElement: (at) => ({ id: at.innerelement, enabled: 'true' }),
  configureVirtualRouterElement: (at) => ({ id: at.element, enabled: 'true' }),
  createAffinityGroup: () => ({ name: 'new', type: 'host affinity' }),
  createASNRange: () => ({ startasn: '64700', endasn: '64710' }),
  createBgpPeer: () => ({ asnumber: '65010', ipaddress: '203.0.113.7' }),
  createDiskOffering: () => ({ name: 'new', disksize: '5' }),
  createEgressFirewallRule: () => ({ protocol: 'tcp', startport: '1000' }),
  createFirewallRule: () => ({ protocol: 'tcp', startport: '1000' }),
  createGuestNetworkIpv6Prefix: () => ({ prefix: '2001:db8:300::/56' }),
  createInternalLoadBalancerElement: () => ({}),
  createIpForwardingRule: (at) => ({ ipaddressid: at.staticip, protocol: 'tcp', startport: '1000' }),
  createIpv4SubnetForGuestNetwork: () => ({ subnet: '198.18.0.128/26' }),
  createIpv4SubnetForZone: () => ({ subnet: '198.19.0.0/24' }),
  createIpv6FirewallRule: (at) => ({ networkid: at.sixnetwork, protocol: 'tcp', startport: '1000' }),
  createLBHealthCheckPolicy: (at) => ({ lbruleid: at.bareweb }),
  createLBStickinessPolicy: (at) => ({ lbruleid: at.bareweb, name: 'p', methodname: 'LbCookie' }),
  createLoadBalancer: (at) => ({
    ...{ name: 'new', scheme: 'Internal', algorithm: 'source', instanceport: '80', sourceport: '81' },
    ...{ networkid: at.tier, sourceipaddress: '10.8.1.9' },
  }),
  createLoadBalancerRule: (at) => ({
    ...{ name: 'new', algorithm: 'source', publicport: '1000', privateport: '80', publicipid: at.ip },
  }),
  createNetwork: () => ({ name: 'new', gateway: '10.77.0.1', netmask: '255.255.255.0' }),
  createNetworkACL: (at) => ({ protocol: 'tcp', aclid: at.acllist, startport: '1000' }),
  createNetworkACLList: (at) => ({ name: 'new', vpcid: at.vpc }),
  createNetworkOffering: () => ({
    ...{ name: 'new', guestiptype: 'Isolated', traffictype: 'Guest', supportedservices: 'Dhcp,Dns,SourceNat' },
  }),
  createPhysicalNetwork: (at) => ({ zoneid: at.emptyzone, name: 'new' }),
  createPod: () => ({ name: 'new', ...POD }),
  createPortForwardingRule: () => ({ protocol: 'tcp', publicport: '1000', privateport: '80' }),
  createPrivateGateway: () => SITE,
  createRoutingFirewallRule: (at) => ({ networkid: at.routednetwork, protocol: 'tcp', startport: '1000' }),
  createServiceOffering: () => ({ name: 'new', cpunumber: '1', memory: '64' }),
  createSSHKeyPair: () => ({ name: 'new' }),
  createStaticRoute: (at) => ({ cidr: '192.169.0.0/16', gatewayid: at.gateway }),
  createVlanIpRange: (at) => ({ zoneid: at.zone, ...RANGE }),
  createVPC: () => ({ name: 'new', cidr: '10.99.0.0/16' }),
  createVPCOffering: () => ({ name: 'new' }),
  createZone: () => ({ name: 'new', dns1: '192.0.2.53', internaldns1: '192.0.2.53', networktype: 'Advanced' }),
  dedicateBgpPeer: (at) => ({ id: at.unusedbgppeer, account: 'admin' }),
  deleteAffinityGroup: (at) => ({ id: at.affinitygroup }),
  deleteAlerts: () => ({ type: '7' }),
  deleteASNRange: (at) => ({ id: at.unusedasnrange }),
  deleteBgpPeer: (at) => ({ id: at.unusedbgppeer }),
  deleteCluster: (at) => ({ id: at.emptycluster }),
  deleteDiskOffering: (at) => ({ id: at.diskoffering }),
  deleteEgressFirewallRule: (at) => ({ id: at.egressrule }),
  deleteEvents: () => ({ type: 'ZONE.CREATE' }),
  deleteFirewallRule: (at) => ({ id: at.firewallrule }),
  deleteGuestNetworkIpv6Prefix: (at) => ({ id: at.unusedprefix }),
  deleteHost: (at) => ({ id: at.sparehost }),
  deleteIpForwardingRule: (at) => ({ id: at.iprule }),
  deleteIpv4SubnetForGuestNetwork: (at) => ({ id: at.guestsubnet }),
  deleteIpv4SubnetForZone: (at) => ({ id: at.unusedzonesubnet }),
  deleteIpv6FirewallRule: (at) => ({ id: at.sixrule }),
  deleteLBHealthCheckPolicy: (at) => ({ id: at.check }),
  deleteLBStickinessPolicy: (at) => ({ id: at.sticky }),
  deleteLoadBalancer: (at) => ({ id: at.balancer }),
  deleteLoadBalancerRule: (at) => ({ id: at.bareweb }),
  deleteNetwork: (at) => ({ id: at.emptynetwork }),
  deleteNetworkACL: (at) => ({ id: at.aclitem }),
  deleteNetworkACLList: (at) => ({ id: at.spareacllist }),
  deleteNetworkOffering: (at) => ({ id: at.unusednetworkoffering }),
  deletePhysicalNetwork: (at) => ({ id: at.emptyphysical }),
  deletePod: (at) => ({ id: at.emptypod }),
  deletePortForwardingRule: (at) => ({ id: at.portforwarding }),
  deletePrivateGateway: (at) => ({ id: at.unusedgateway }),
  deleteRoutingFirewallRule: (at) => ({ id: at.routingrule }),
  deleteServiceOffering: (at) => ({ id: at.unusedserviceoffering }),
  deleteSSHKeyPair: () => ({ name: 'key' }),
  deleteSslCert: (at) => ({ id: at.unusedcert }),
  deleteStaticRoute: (at) => ({ id: at.staticroute }),
  deleteUserData: (at) => ({ id: at.unuseduserdata }),
  deleteVlanIpRange: (at) => ({ id: at.vlan }),
  deleteVPC: (at) => ({ id: at.emptyvpc }),
  deleteVPCOffering: (at) => ({ id: at.unusedvpcoffering }),
  deleteZone: (at) => ({ id: at.emptyzone }),
  deployVirtualMachine: (at) => ({ templateid: at.template, networkids: at.network, name: 'new' }),
  destroyRouter: (at) => ({ id: at.router }),
  destroyVirtualMachine: (at) => ({ id: at.guest }),
  disableStaticNat: (at) => ({ ipaddressid: at.staticip }),
  disassociateIpAddress: (at) => ({ id: at.spareip }),
  enableStaticNat: (at) => ({ ipaddressid: at.spareip, virtualmachineid: at.secondguest }),
  explainRouterPacket: (at) => ({
    ...{ id: at.router, source: '10.5.0.2', destination: '192.0.2.1', protocol: 'tcp', port: '80' },
  }),
  expungeVirtualMachine: (at) => ({ id: at.destroyed }),
  generateAlert: () => ({ type: '7', name: 'probe', description: 'a probe failed' }),
  getConsoleLog: (at) => ({ id: at.guest }),
  getRouterControl: (at) => ({ id: at.router }),
  getRouterDrift: (at) => ({ id: at.router }),
  getRouterLog: (at) => ({ id: at.router }),
  getRouterPlan: (at) => ({ id: at.router }),
  getRouterStatus: (at) => ({ id: at.router }),
  getVMPassword: (at) => ({ id: at.guest }),
  listLoadBalancerRuleInstances: (at) => ({ id: at.web }),
  listLBHealthCheckPolicies: (at) => ({ lbruleid: at.web }),
  listLBStickinessPolicies: (at) => ({ lbruleid: at.web }),
  listTemplates: () => ({ templatefilter: 'all' }),
  moveNetworkAclItem: (at) => ({ id: at.aclitem, previousaclruleid: at.aclitem2, nextaclruleid: at.aclitem3 }),
  rebootVirtualMachine: (at) => ({ id: at.guest }),
  reconnectHost: (at) => ({ id: at.host }),
  recoverVirtualMachine: (at) => ({ id: at.destroyed }),
  registerSSHKeyPair: () => ({ name: 'new', publickey: OTHER_KEY }),
  registerUserData: () => ({ name: 'new', userdata: btoa('x'), params: 'one' }),
  releaseASNumber: () => ({ asnumber: '64601' }),
  releaseBgpPeer: (at) => ({ id: at.dedicatedbgppeer }),
  releaseIpAddress: (at) => ({ id: at.reserved }),
  removeCertFromLoadBalancer: (at) => ({ lbruleid: at.ssl, certid: at.cert }),
  removeFromLoadBalancerRule: (at) => ({ id: at.web, virtualmachineids: at.guest }),
  removeIpFromNic: (at) => ({ id: at.secondary }),
  replaceNetworkACLList: (at) => ({ aclid: at.spareacllist, networkid: at.tier }),
  reserveIpAddress: (at) => ({ id: at.free }),
  resetPasswordForVirtualMachine: (at) => ({ id: at.stopped }),
  resetSSHKeyForVirtualMachine: (at) => ({ id: at.stopped, keypair: 'key' }),
  resetUserDataForVirtualMachine: (at) => ({ id: at.stopped, userdata: btoa('y') }),
  resetConfiguration: () => ({ name: 'guest.cidr' }),
  restartNetwork: (at) => ({ id: at.network }),
  restartVPC: (at) => ({ id: at.vpc }),
  runDiagnostics: (at) => ({ targetid: at.router, type: 'ping', ipaddress: '10.5.0.2' }),
  setVirtualMachineNetboot: (at) => ({ id: at.guest, kernel: 'http://198.51.100.9/vmlinuz' }),
  startVirtualMachine: (at) => ({ id: at.stopped }),
  stopVirtualMachine: (at) => ({ id: at.guest }),
  updateBgpPeer: (at) => ({ id: at.bgppeer }),
  updateConfiguration: () => ({ name: 'guest.cidr', value: '10.1.1.0/24' }),
  updateEgressFirewallRule: (at) => ({ id: at.egressrule }),
  updateFirewallRule: (at) => ({ id: at.firewallrule }),
  updateIpAddress: (at) => ({ id: at.ip }),
  updateIpv6FirewallRule: (at) => ({ id: at.sixrule }),
  updateLBHealthCheckPolicy: (at) => ({ id: at.check }),
  updateLBStickinessPolicy: (at) => ({ id: at.sticky }),
  updateLoadBalancer: (at) => ({ id: at.balancer }),
  updateLoadBalancerRule: (at) => ({ id: at.web }),
  updateNetworkACLItem: (at) => ({ id: at.aclitem }),
  updateNetworkACLList: (at) => ({ id: at.acllist }),
  updateNetworkOffering: (at) => ({ id: at.unusednetworkoffering }),
  updateNetworkServiceProvider: (at) => ({ id: at.provider }),
  updateRoutingFirewallRule: (at) => ({ id: at.routingrule }),
  updateTrafficType: (at) => ({ id: at.traffictype }),
  updateVMAffinityGroup: (at) => ({ id: at.stopped, affinitygroupids: at.affinitygroup }),
  updateVmNicIp: (at) => ({ nicid: at.stoppednic, ipaddress: '10.5.0.70' }),
  uploadSslCert: (at) => ({ name: 'new', certificate: at.certificate, privatekey: at.privatekey }),
}

/** Needed by an optional parameter of any command for a good value of it to be one. */
const beside: Readonly<Record<string, (at: Topology) => Good>> = {
  page: () => ({ pagesize: '5' }),
  pagesize: () => ({ page: '1' }),
  icmptype: () => ({ protocol: 'icmp', startport: '' }),
  icmpcode: () => ({ protocol: 'icmp', startport: '', icmptype: '8' }),
  ip6cidr: () => ({ ip6gateway: '2001:db8:f::1' }),
  ip6gateway: () => ({ ip6cidr: '2001:db8:f::/64' }),
  startipv6: () => ({ ip6cidr: '2001:db8:f::/64', ip6gateway: '2001:db8:f::1' }),
  endipv6: () => ({ ip6cidr: '2001:db8:f::/64', ip6gateway: '2001:db8:f::1' }),
}

/** A value of the topology that the parameter takes; '' where none is known. */
export const goodValue = (command: Command, name: string, at: Topology): string => {
  const given = own[command.name]?.(at)[name]
  if (given !== undefined) return given
  if (name.endsWith('cidrlist'))
    return networks.find((value) => command.params[name]?.schema.safeParse(value).success) ?? ''
  const key = name === 'id' || name === 'ids' ? ids[command.response.object] : values[name]
  return key === undefined ? '' : at[key]
}

/** Parameters with which the command is accepted; `about`: one that a case is about. */
export const goodCall = (command: Command, at: Topology, about?: string): Good => {
  const needed = Object.entries(command.params).filter(([, { required }]) => required)
  const names = [...needed.map(([name]) => name), ...Object.keys(own[command.name]?.(at) ?? {})]
  const call = Object.fromEntries(names.map((name) => [name, goodValue(command, name, at)]))
  const needs = about === undefined ? {} : (beside[about]?.(at) ?? {})
  const known = Object.entries({ ...call, ...needs }).filter(([name, value]) => name in command.params && value !== '')
  return Object.fromEntries(known)
}

/** An id of an object that the parameter is not about. */
export const foreignTo = (good: string, at: Topology): string =>
  [at.zone, at.zone2, at.emptyzone].includes(good) ? at.host : at.zone
