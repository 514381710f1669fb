import { kept, type Step, step } from './step.ts'

/** Terraform reads what it made by id before and after each change, and expects it gone after its deletion. */
const crud = (list: string, name: string, make: Step, change: readonly Step[], remove: Step): readonly Step[] => {
  const read = step(list, { id: `@${name}` }, 'some')
  return [make, read, ...change.flatMap((one) => [one, read]), remove, step(list, { id: `@${name}` }, 431)]
}

/** What a root administrator's configuration makes: each resource is created, read, changed and destroyed. */
export const infrastructure: readonly Step[] = [
  kept('tfzone', 'createZone', {
    ...{ dns1: '192.0.2.53', dns2: '192.0.2.54', internaldns1: '192.0.2.53', name: 'tf', networktype: 'Advanced' },
  }),
  step('listZones', { id: '@tfzone' }, 'some'),
  step('updateZone', { id: '@tfzone', name: 'tf-zone' }),
  kept('tfphysical', 'createPhysicalNetwork', {
    ...{ name: 'tf', zoneid: '@tfzone', broadcastdomainrange: 'ZONE', isolationmethods: 'VLAN', vlan: '500-599' },
  }),
  step('listPhysicalNetworks', { id: '@tfphysical' }, 'some'),
  step('updatePhysicalNetwork', { id: '@tfphysical', state: 'Enabled' }),
  kept('tftraffic', 'addTrafficType', {
    ...{ physicalnetworkid: '@tfphysical', traffictype: 'Guest', kvmnetworklabel: 'cloudbr0' },
  }),
  step('listTrafficTypes', { physicalnetworkid: '@tfphysical' }, 'some'),
  step('updateTrafficType', { id: '@tftraffic', kvmnetworklabel: 'cloudbr1' }),
  {
    call: 'listNetworkServiceProviders',
    with: { name: 'VirtualRouter', physicalnetworkid: '@tfphysical' },
    keep: { tfprovider: 'id' },
    is: 'some',
  },
  step('updateNetworkServiceProvider', { id: '@tfprovider', state: 'Enabled' }),
  kept('tfpod', 'createPod', {
    ...{ name: 'tf', zoneid: '@tfzone', gateway: '198.51.100.1', netmask: '255.255.255.0' },
    ...{ startip: '198.51.100.10', endip: '198.51.100.20' },
  }),
  step('listPods', { id: '@tfpod' }, 'some'),
  kept('tfcluster', 'addCluster', {
    ...{ clustername: 'tf', clustertype: 'CloudManaged', hypervisor: 'KVM', podid: '@tfpod', zoneid: '@tfzone' },
  }),
  step('listClusters', { id: '@tfcluster' }, 'some'),
  step('deleteCluster', { id: '@tfcluster' }),
  step('listClusters', { id: '@tfcluster' }, 431),
  step('deletePod', { id: '@tfpod' }),
  step('deleteTrafficType', { id: '@tftraffic' }),
  step('deletePhysicalNetwork', { id: '@tfphysical' }),
  step('deleteZone', { id: '@tfzone' }),
  step('listZones', { id: '@tfzone' }, 431),
  ...crud(
    'listServiceOfferings',
    'tfsize',
    kept('tfsize', 'createServiceOffering', {
      ...{ name: 'tf', displaytext: 'tf', cpunumber: '1', cpuspeed: '500', memory: '512', offerha: 'false' },
      ...{ storagetype: 'shared', limitcpuuse: 'false' },
    }),
    [
      step('updateServiceOffering', { id: '@tfsize', displaytext: 'tf 2' }),
      step('listServiceOfferings', { storagetype: 'shared', name: 'tf' }, 'some'),
      step('listServiceOfferings', { storagetype: 'local', name: 'tf' }, 'none'),
    ],
    step('deleteServiceOffering', { id: '@tfsize' }),
  ).filter(({ call, is }) => call !== 'listServiceOfferings' || is !== 431),
  ...crud(
    'listDiskOfferings',
    'tfdisk',
    kept('tfdisk', 'createDiskOffering', { name: 'tf', displaytext: 'tf', disksize: '5' }),
    [step('updateDiskOffering', { id: '@tfdisk', name: 'tf2' })],
    step('deleteDiskOffering', { id: '@tfdisk' }),
  ).filter(({ call, is }) => call !== 'listDiskOfferings' || is !== 431),
  ...crud(
    'listNetworkOfferings',
    'tfnet',
    kept('tfnet', 'createNetworkOffering', {
      ...{ name: 'tf', displaytext: 'tf', guestiptype: 'Isolated', traffictype: 'GUEST' },
      ...{ supportedservices: 'Dhcp,Dns,SourceNat', conservemode: 'true' },
      ...{ 'serviceproviderlist[0].service': 'Dhcp', 'serviceproviderlist[0].provider': 'VirtualRouter' },
      ...{ 'serviceproviderlist[1].service': 'Dns', 'serviceproviderlist[1].provider': 'VirtualRouter' },
      ...{ 'serviceproviderlist[2].service': 'SourceNat', 'serviceproviderlist[2].provider': 'VirtualRouter' },
    }),
    [step('updateNetworkOffering', { id: '@tfnet', displaytext: 'tf 2', state: 'Enabled' })],
    step('deleteNetworkOffering', { id: '@tfnet' }),
  ),
  ...crud(
    'listDomains',
    'tfdomain',
    kept('tfdomain', 'createDomain', { name: 'tfdom', networkdomain: 'tf.example', parentdomainid: '@root' }),
    [step('updateDomain', { id: '@tfdomain', name: 'tfdom2' })],
    step('deleteDomain', { id: '@tfdomain' }),
  ),
  ...crud(
    'listRoles',
    'tfrole',
    kept('tfrole', 'createRole', { name: 'tf', type: 'User', description: 'tf', ispublic: 'true' }),
    [step('updateRole', { id: '@tfrole', name: 'tf2' })],
    step('deleteRole', { id: '@tfrole' }),
  ),
  {
    call: 'createAccount',
    with: {
      ...{ email: 't@example.net', firstname: 'T', lastname: 'F', password: 'x7-Kw9!qLm', username: 'tfuser' },
      ...{ accounttype: '0', account: 'tfacct', domainid: '@root' },
    },
    keep: { tfaccount: 'id', tfuser: 'user.0.id' },
  },
  step('listAccounts', { id: '@tfaccount', listall: 'true' }, 'some'),
  kept('tfother', 'createUser', {
    ...{ account: 'tfacct', email: 'u@example.net', firstname: 'U', lastname: 'F', password: 'x7-Kw9!qLm' },
    ...{ username: 'tfother', domainid: '@root' },
  }),
  step('listUsers', { id: '@tfother', listall: 'true' }, 'some'),
  step('updateUser', { id: '@tfother', email: 'v@example.net', firstname: 'U', lastname: 'G', username: 'tfother2' }),
  step('deleteUser', { id: '@tfother' }),
  step('updateAccount', { id: '@tfaccount', newname: 'tfacct2', networkdomain: 'acct.example' }),
  step('deleteAccount', { id: '@tfaccount' }),
  step('listConfigurations', { name: 'guest.domain.suffix' }, 'some'),
  step('updateConfiguration', { name: 'guest.domain.suffix', value: 'tf.example' }),
  step('resetConfiguration', { name: 'guest.domain.suffix' }),
  step('updateResourceLimit', { resourcetype: '0', max: '30', account: 'dev', domainid: '@domain' }),
  step('listResourceLimits', { resourcetype: '0', account: 'dev', domainid: '@domain' }, 'some'),
  {
    call: 'createVlanIpRange',
    with: {
      ...{ zoneid: '@zone', physicalnetworkid: '@physical', forvirtualnetwork: 'true', vlan: 'untagged' },
      ...{ gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.60', endip: '203.0.113.61' },
    },
    keep: { tfrange: 'id' },
  },
  step('listVlanIpRanges', { id: '@tfrange' }, 'some'),
  step('deleteVlanIpRange', { id: '@tfrange' }),
  step('listVlanIpRanges', { id: '@tfrange' }, 431),
  kept('tfproject', 'createProject', { name: 'tf', displaytext: 'tf' }),
  step('listProjects', { id: '@tfproject', listall: 'true' }, 'some'),
  step('updateProject', { id: '@tfproject', displaytext: 'tf 2' }),
  step('listProjects', { id: '@tfproject', listall: 'true' }, 'some'),
  step('deleteProject', { id: '@tfproject' }),
]

/** The names that the provider looks up before it makes anything. */
const lookups: readonly Step[] = [
  { call: 'listZones', with: { name: 'z1' }, keep: { zone: 'id' }, is: 'some' },
  { call: 'listServiceOfferings', with: { name: '@sizename' }, keep: { size: 'id' }, is: 'some' },
  step('listServiceOfferings', { id: '@size' }, 'some'),
  {
    call: 'listTemplates',
    with: { name: '@templatename', templatefilter: 'executable', zoneid: '@zone' },
    keep: { template: 'id' },
    is: 'some',
  },
  {
    call: 'listNetworkOfferings',
    with: { name: 'DefaultIsolatedNetworkOfferingWithSourceNatService' },
    keep: { isolated: 'id' },
    is: 'some',
  },
  step('listNetworkOfferings', { id: '@isolated' }, 'some'),
  {
    call: 'listNetworkOfferings',
    with: { name: 'DefaultIsolatedNetworkOfferingForVpcNetworks' },
    keep: { tieroffering: 'id' },
    is: 'some',
  },
  { call: 'listVPCOfferings', with: { name: 'Default VPC offering' }, keep: { vpcoffering: 'id' }, is: 'some' },
]

const instance: readonly Step[] = [
  kept('keypair', 'registerSSHKeyPair', {
    name: 'tf-key',
    publickey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKJ0b0Y6JqQdH1dO1p0gB1Yx4Pz0mQ4v6r2wY5JmXQ1c tf',
  }),
  step('listSSHKeyPairs', { name: 'tf-key' }, 'some'),
  kept('group', 'createAffinityGroup', { name: 'tf-group', type: 'host anti-affinity', description: 'apart' }),
  step('listAffinityGroups', { id: '@group' }, 'some'),
  kept('data', 'registerUserData', { name: 'tf-data', userdata: 'I2Nsb3VkLWNvbmZpZw==' }),
  step('listUserData', { id: '@data' }, 'some'),
  {
    call: 'deployVirtualMachine',
    with: {
      ...{ serviceofferingid: '@size', templateid: '@template', zoneid: '@zone', networkids: '@network' },
      ...{ name: 'tf-web', displayname: 'tf web', startvm: 'true', keypair: 'tf-key', group: 'tf' },
      ...{ userdata: 'I2Nsb3VkLWNvbmZpZw==', 'details[0].HoldTime': '90' },
    },
    keep: { guest: 'id', nic: 'nic.0.id' },
  },
  step('listVirtualMachines', { id: '@guest' }, 'some'),
  step('createTags', {
    ...{ resourceids: '@guest', resourcetype: 'UserVm' },
    ...{ 'tags[0].key': 'env', 'tags[0].value': 'prod' },
  }),
  step('listTags', { resourceid: '@guest', resourcetype: 'UserVm' }, 'some'),
  step('deleteTags', { resourceids: '@guest', resourcetype: 'UserVm', 'tags[0].key': 'env', 'tags[0].value': 'prod' }),
  step('updateVirtualMachine', { id: '@guest', displayname: 'tf web 2' }),
  { call: 'listInstanceGroups', with: { name: 'tf' }, keep: { sorted: 'id' }, is: 'some' },
  step('listVirtualMachines', { groupid: '@sorted' }, 'some'),
  kept('sorted2', 'createInstanceGroup', { name: 'tf-2' }),
  step('updateInstanceGroup', { id: '@sorted2', name: 'tf-3' }),
  step('updateInstanceGroup', { id: '@sorted2', name: 'tf' }, 431),
  step('deleteInstanceGroup', { id: '@sorted' }),
  step('listInstanceGroups', { id: '@sorted' }, 431),
  step('listVirtualMachines', { id: '@guest' }, 'some'),
  step('deleteInstanceGroup', { id: '@sorted2' }),
  step('listVolumes', { virtualmachineid: '@guest', type: 'ROOT' }),
  step('stopVirtualMachine', { id: '@guest' }),
  step('updateVirtualMachine', { id: '@guest', name: 'tf-web2' }),
  step('changeServiceForVirtualMachine', { id: '@guest', serviceofferingid: '@size' }),
  step('resetSSHKeyForVirtualMachine', { id: '@guest', keypair: 'tf-key' }),
  step('updateVMAffinityGroup', { id: '@guest', affinitygroupids: '@group' }),
  step('updateVMAffinityGroup', { id: '@guest', affinitygroupids: '' }),
  step('startVirtualMachine', { id: '@guest' }),
  { call: 'addIpToNic', with: { nicid: '@nic', ipaddress: '10.1.1.77' }, keep: { secondary: 'id' } },
  step('listNics', { virtualmachineid: '@guest', nicid: '@nic' }, 'some'),
  step('removeIpFromNic', { id: '@secondary' }),
  kept('other', 'createNetwork', {
    ...{ name: 'tf-other', displaytext: 'tf-other', networkofferingid: '@isolated', zoneid: '@zone' },
    ...{ gateway: '10.1.2.1', netmask: '255.255.255.0' },
  }),
  {
    call: 'addNicToVirtualMachine',
    with: { virtualmachineid: '@guest', networkid: '@other' },
    keep: { second: 'nic.1.id' },
  },
  step('removeNicFromVirtualMachine', { virtualmachineid: '@guest', nicid: '@second' }),
]

const rules: readonly Step[] = [
  kept('ip', 'associateIpAddress', { networkid: '@network', zoneid: '@zone' }),
  step('listPublicIpAddresses', { id: '@ip' }, 'some'),
  kept('fw', 'createFirewallRule', {
    ...{ ipaddressid: '@ip', protocol: 'tcp', cidrlist: '198.51.100.0/24', startport: '80', endport: '90' },
  }),
  kept('icmp', 'createFirewallRule', {
    ...{ ipaddressid: '@ip', protocol: 'icmp', cidrlist: '0.0.0.0/0', icmptype: '-1', icmpcode: '-1' },
  }),
  step('listFirewallRules', { ipaddressid: '@ip', listall: 'true' }, 'some'),
  step('deleteFirewallRule', { id: '@fw' }),
  kept('egress', 'createEgressFirewallRule', {
    ...{ networkid: '@network', protocol: 'tcp', cidrlist: '10.1.1.0/24', startport: '443', endport: '443' },
  }),
  kept('allegress', 'createEgressFirewallRule', { networkid: '@network', protocol: 'all', cidrlist: '' }),
  step('listEgressFirewallRules', { networkid: '@network', listall: 'true' }, 'some'),
  step('deleteEgressFirewallRule', { id: '@egress' }),
  kept('forward', 'createPortForwardingRule', {
    ...{ ipaddressid: '@ip', privateport: '22', protocol: 'tcp', publicport: '2222', virtualmachineid: '@guest' },
    ...{ openfirewall: 'false', networkid: '@network' },
  }),
  step('listPortForwardingRules', { ipaddressid: '@ip', listall: 'true' }, 'some'),
  step('deletePortForwardingRule', { id: '@forward' }),
  kept('natip', 'associateIpAddress', { networkid: '@network' }),
  step('enableStaticNat', { ipaddressid: '@natip', virtualmachineid: '@guest' }),
  step('listPublicIpAddresses', { id: '@natip' }, 'some'),
  step('disableStaticNat', { ipaddressid: '@natip' }),
  step('disassociateIpAddress', { id: '@natip' }),
  kept('balancer', 'createLoadBalancerRule', {
    ...{ algorithm: 'roundrobin', name: 'tf-lb', privateport: '80', publicport: '8080', publicipid: '@ip' },
    ...{ networkid: '@network', openfirewall: 'false', protocol: 'tcp', description: 'tf lb', cidrlist: '' },
  }),
  step('assignToLoadBalancerRule', { id: '@balancer', virtualmachineids: '@guest' }),
  step('listLoadBalancerRules', { id: '@balancer' }, 'some'),
  step('listLoadBalancerRuleInstances', { id: '@balancer' }, 'some'),
  step('updateLoadBalancerRule', { id: '@balancer', name: 'tf-lb2', algorithm: 'leastconn', cidrlist: '' }),
  step('removeFromLoadBalancerRule', { id: '@balancer', virtualmachineids: '@guest' }),
  step('deleteLoadBalancerRule', { id: '@balancer' }),
  step('listLoadBalancerRules', { id: '@balancer' }, 431),
]

const groups: readonly Step[] = [
  kept('sg', 'createSecurityGroup', { name: 'tf-sg', description: 'tf' }),
  step('listSecurityGroups', { id: '@sg' }, 'some'),
  {
    call: 'authorizeSecurityGroupIngress',
    with: { securitygroupid: '@sg', protocol: 'tcp', startport: '22', endport: '22', cidrlist: '0.0.0.0/0' },
    keep: { sgin: 'ingressrule.0.ruleid' },
  },
  {
    call: 'authorizeSecurityGroupEgress',
    with: { securitygroupid: '@sg', protocol: 'icmp', icmptype: '-1', icmpcode: '-1', cidrlist: '0.0.0.0/0' },
    keep: { sgout: 'egressrule.0.ruleid' },
  },
  step('listSecurityGroups', { id: '@sg' }, 'some'),
  step('revokeSecurityGroupIngress', { id: '@sgin' }),
  step('revokeSecurityGroupEgress', { id: '@sgout' }),
  step('deleteSecurityGroup', { id: '@sg' }),
  step('listSecurityGroups', { id: '@sg' }, 431),
]

const vpc: readonly Step[] = [
  kept('vpc', 'createVPC', {
    ...{ cidr: '10.8.0.0/16', name: 'tf-vpc', displaytext: 'tf vpc', vpcofferingid: '@vpcoffering', zoneid: '@zone' },
    networkdomain: 'vpc.example',
  }),
  step('listVPCs', { id: '@vpc' }, 'some'),
  step('listVPCOfferings', { id: '@vpcoffering' }, 'some'),
  step('updateVPC', { id: '@vpc', name: 'tf-vpc2', displaytext: 'tf vpc 2' }),
  kept('acl', 'createNetworkACLList', { name: 'tf-acl', vpcid: '@vpc', description: 'tf' }),
  step('listNetworkACLLists', { id: '@acl' }, 'some'),
  kept('aclrule', 'createNetworkACL', {
    ...{ aclid: '@acl', action: 'allow', cidrlist: '10.0.0.0/8', protocol: 'tcp', traffictype: 'ingress' },
    ...{ startport: '80', endport: '80', number: '10', reason: 'web' },
  }),
  kept('aclall', 'createNetworkACL', {
    ...{ aclid: '@acl', action: 'deny', cidrlist: '0.0.0.0/0', protocol: 'all', traffictype: 'egress' },
  }),
  step('listNetworkACLs', { aclid: '@acl', listall: 'true' }, 'some'),
  step('updateNetworkACLItem', { id: '@aclrule', cidrlist: '10.0.0.0/9', startport: '80', endport: '81' }),
  step('deleteNetworkACL', { id: '@aclall' }),
  kept('tier', 'createNetwork', {
    ...{ name: 'tf-tier', displaytext: 'tf-tier', networkofferingid: '@tieroffering', zoneid: '@zone' },
    ...{ gateway: '10.8.1.1', netmask: '255.255.255.0', vpcid: '@vpc', aclid: '@acl' },
  }),
  step('listNetworks', { id: '@tier' }, 'some'),
  {
    call: 'listNetworkACLLists',
    with: { name: 'default_allow', vpcid: '@vpc' },
    keep: { openacl: 'id' },
  },
  step('replaceNetworkACLList', { aclid: '@openacl', networkid: '@tier' }),
  step('listPublicIpAddresses', { vpcid: '@vpc', issourcenat: 'true' }),
  step('deleteNetworkACLList', { id: '@acl' }),
]

const removal: readonly Step[] = [
  step('deleteNetwork', { id: '@tier' }),
  step('deleteVPC', { id: '@vpc' }),
  step('listVPCs', { id: '@vpc' }, 431),
  step('destroyVirtualMachine', { id: '@guest', expunge: 'true' }),
  step('listVirtualMachines', { id: '@guest' }, 431),
  step('disassociateIpAddress', { id: '@ip' }),
  step('deleteNetwork', { id: '@other' }),
  step('deleteNetwork', { id: '@network' }),
  step('listNetworks', { id: '@network' }, 431),
  step('deleteUserData', { id: '@data' }),
  step('deleteAffinityGroup', { id: '@group' }),
  step('deleteSSHKeyPair', { name: 'tf-key' }),
]

/** What a tenant's configuration makes, changes and destroys, and its data sources. */
export const configuration: readonly Step[] = [
  ...lookups,
  kept('network', 'createNetwork', {
    ...{ name: 'tf-net', displaytext: 'tf-net', networkofferingid: '@isolated', zoneid: '@zone' },
    ...{ gateway: '10.1.1.1', netmask: '255.255.255.0', networkdomain: 'tf.example' },
  }),
  step('listNetworks', { id: '@network' }, 'some'),
  step('updateNetwork', { id: '@network', name: 'tf-net2', displaytext: 'tf-net2' }),
  ...instance,
  ...rules,
  ...groups,
  ...vpc,
  ...['listVirtualMachines', 'listNetworks', 'listPublicIpAddresses', 'listVPCs', 'listSSHKeyPairs'].map((call) =>
    step(call, { listall: 'true' }, 'some'),
  ),
  ...['listUsers', 'listDomains', 'listZones', 'listServiceOfferings', 'listNetworkOfferings'].map((call) =>
    step(call, {}, 'some'),
  ),
  ...['listVolumes', 'listVpnConnections', 'listVpnGateways', 'listVpnCustomerGateways', 'listSnapshots'].map((call) =>
    step(call, { listall: 'true' }, 'none'),
  ),
  step('listVirtualMachines', { id: '11111111-2222-4333-8444-555555555555' }, 431),
  ...removal,
]

/** The gateway to another site needs an administrator, as in CloudStack. */
export const gateways: readonly Step[] = [
  kept('gwvpc', 'createVPC', {
    ...{ cidr: '10.9.0.0/16', name: 'gw', displaytext: 'gw', vpcofferingid: '@vpcoffering', zoneid: '@zone' },
  }),
  kept('gateway', 'createPrivateGateway', {
    ...{ vpcid: '@gwvpc', gateway: '172.30.0.1', ipaddress: '172.30.0.2', netmask: '255.255.255.0', vlan: 'untagged' },
    ...{ physicalnetworkid: '@physical', sourcenatsupported: 'false' },
  }),
  step('listPrivateGateways', { id: '@gateway' }, 'some'),
  kept('route', 'createStaticRoute', { cidr: '192.168.0.0/16', gatewayid: '@gateway' }),
  step('listStaticRoutes', { id: '@route' }, 'some'),
  step('deleteStaticRoute', { id: '@route' }),
  step('listStaticRoutes', { id: '@route' }, 431),
  step('deletePrivateGateway', { id: '@gateway' }),
  kept('vpngateway', 'createVpnGateway', { vpcid: '@gwvpc' }),
  step('listVpnGateways', { id: '@vpngateway' }, 'some'),
  kept('customer', 'createVpnCustomerGateway', {
    ...{ cidrlist: '10.60.0.0/16', gateway: '198.51.100.1', name: 'branch', ipsecpsk: 'a key of many words' },
    ...{ ikepolicy: 'aes256-sha256;modp2048', esppolicy: 'aes256-sha256', dpd: 'false', ikelifetime: '86400' },
  }),
  step('listVpnCustomerGateways', { id: '@customer' }, 'some'),
  step('updateVpnCustomerGateway', {
    ...{ id: '@customer', cidrlist: '10.61.0.0/16', gateway: '198.51.100.2', name: 'branch', ipsecpsk: 'another key' },
    ...{ ikepolicy: 'aes128-sha1;modp1536', esppolicy: 'aes128-sha1;modp1536' },
  }),
  kept('tunnel', 'createVpnConnection', { s2scustomergatewayid: '@customer', s2svpngatewayid: '@vpngateway' }),
  step('listVpnConnections', { id: '@tunnel' }, 'some'),
  step('deleteVpnConnection', { id: '@tunnel' }),
  step('listVpnConnections', { id: '@tunnel' }, 431),
  step('deleteVpnCustomerGateway', { id: '@customer' }),
  step('listVpnCustomerGateways', { id: '@customer' }, 431),
  step('deleteVpnGateway', { id: '@vpngateway' }),
  step('listVpnGateways', { id: '@vpngateway' }, 431),
  step('deleteVPC', { id: '@gwvpc' }),
]
