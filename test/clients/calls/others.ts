import { kept, type Step, step } from './step.ts'

/** Cluster API's provider and the cloud controller of Kubernetes, when there is a cluster to be made and to be taken away. */
export const kubernetes: readonly Step[] = [
  step('listUsers', { listall: 'true', username: 'dev' }, 'some'),
  step('listDomains', { listall: 'true', name: 'clients' }, 'some'),
  step('listAccounts', { listall: 'true', name: 'dev', domainid: '@domain' }, 'some'),
  step('getUserKeys', { id: '@me' }),
  { call: 'listZones', with: { name: 'z1' }, keep: { zone: 'id' }, is: 'some' },
  step('listNetworks', { name: 'capc', listall: 'true' }, 'none'),
  step('listNetworks', { keyword: 'capc', listall: 'true', projectid: '-1' }, 'none'),
  { call: 'listServiceOfferings', with: { name: '@sizename', listall: 'true' }, keep: { size: 'id' }, is: 'some' },
  {
    call: 'listTemplates',
    with: { name: '@templatename', templatefilter: 'executable', zoneid: '@zone', listall: 'true' },
    keep: { template: 'id' },
    is: 'some',
  },
  kept('knet', 'createNetwork', {
    ...{ name: 'capc', displaytext: 'capc', networkofferingid: '@isolated', zoneid: '@zone' },
  }),
  step('createTags', {
    ...{ resourceids: '@knet', resourcetype: 'Network' },
    ...{
      'tags[0].key': 'CAPC_cluster_1',
      'tags[0].value': '1',
      'tags[1].key': 'created_by_CAPC',
      'tags[1].value': '1',
    },
  }),
  step('listTags', { resourceid: '@knet', resourcetype: 'Network', listall: 'true' }, 'some'),
  kept('kegress', 'createEgressFirewallRule', { networkid: '@knet', protocol: 'tcp' }),
  step('listPublicIpAddresses', { allocatedonly: 'false', zoneid: '@zone', listall: 'true' }, 'some'),
  kept('kip', 'associateIpAddress', { networkid: '@knet', zoneid: '@zone' }),
  kept('klb', 'createLoadBalancerRule', {
    ...{ algorithm: 'roundrobin', name: 'Kubernetes_API_Server', privateport: '6443', publicport: '6443' },
    ...{ networkid: '@knet', publicipid: '@kip', protocol: 'tcp', openfirewall: 'false' },
  }),
  step('listLoadBalancerRules', { publicipid: '@kip', networkid: '@knet', listall: 'true' }, 'some'),
  kept('kfw', 'createFirewallRule', {
    ...{ ipaddressid: '@kip', protocol: 'tcp', startport: '6443', endport: '6443', cidrlist: '0.0.0.0/0' },
  }),
  kept('kgroup', 'createAffinityGroup', { name: 'ProAffinity', type: 'host affinity' }),
  kept('kvm', 'deployVirtualMachine', {
    ...{ serviceofferingid: '@size', templateid: '@template', zoneid: '@zone', networkids: '@knet', name: 'capc-0' },
    ...{ displayname: 'capc-0', affinitygroupids: '@kgroup', userdata: 'I2Nsb3VkLWNvbmZpZw==' },
    ...{ 'details[0].cpu.corespersocket': '1' },
  }),
  step('assignToLoadBalancerRule', { id: '@klb', virtualmachineids: '@kvm' }),
  step('listLoadBalancerRuleInstances', { id: '@klb', lbvmips: 'true', listall: 'true' }, 'some'),
  step('listVirtualMachines', { id: '@kvm', listall: 'true', projectid: '-1' }, 'some'),
  step('listVirtualMachines', { name: 'capc-0', listall: 'true', details: 'nics,tmpl,servoff' }, 'some'),
  step('listVolumes', { virtualmachineid: '@kvm', listall: 'true' }),
  step('listDiskOfferings', { listall: 'true' }),
  step('removeFromLoadBalancerRule', { id: '@klb', virtualmachineids: '@kvm' }),
  step('destroyVirtualMachine', { id: '@kvm', expunge: 'true' }),
  step('deleteAffinityGroup', { id: '@kgroup' }),
  step('deleteLoadBalancerRule', { id: '@klb' }),
  step('deleteTags', {
    resourceids: '@knet',
    resourcetype: 'Network',
    'tags[0].key': 'CAPC_cluster_1',
    'tags[0].value': '1',
  }),
  step('disassociateIpAddress', { id: '@kip' }),
  step('deleteNetwork', { id: '@knet' }),
]

/** Packer's builder: a machine for a while, with a key and a port of its own. */
export const packer: readonly Step[] = [
  step('listZones', { name: 'z1' }, 'some'),
  step('createSSHKeyPair', { name: 'packer_1' }),
  kept('pnet', 'createNetwork', {
    ...{ name: 'packer', displaytext: 'packer', networkofferingid: '@isolated', zoneid: '@zone' },
    ...{ gateway: '10.3.0.1', netmask: '255.255.255.0' },
  }),
  step('listNetworks', { id: '@pnet' }, 'some'),
  kept('pvm', 'deployVirtualMachine', {
    ...{ serviceofferingid: '@size', templateid: '@template', zoneid: '@zone', networkids: '@pnet', name: 'packer-1' },
    ...{ displayname: 'Created by Packer', keypair: 'packer_1', hypervisor: 'Container' },
  }),
  kept('pip', 'associateIpAddress', { networkid: '@pnet' }),
  kept('pforward', 'createPortForwardingRule', {
    ...{ ipaddressid: '@pip', privateport: '22', protocol: 'TCP', publicport: '49152', virtualmachineid: '@pvm' },
    ...{ networkid: '@pnet', openfirewall: 'false' },
  }),
  kept('pfw', 'createFirewallRule', {
    ...{ ipaddressid: '@pip', protocol: 'tcp', cidrlist: '0.0.0.0/0', startport: '49152', endport: '49152' },
  }),
  step('listVirtualMachines', { id: '@pvm' }, 'some'),
  step('stopVirtualMachine', { id: '@pvm', forced: 'true' }),
  step('listVolumes', { virtualmachineid: '@pvm', type: 'ROOT' }),
  step('deletePortForwardingRule', { id: '@pforward' }),
  step('deleteFirewallRule', { id: '@pfw' }),
  step('disassociateIpAddress', { id: '@pip' }),
  step('destroyVirtualMachine', { id: '@pvm', expunge: 'true' }),
  step('deleteSSHKeyPair', { name: 'packer_1' }),
  step('deleteNetwork', { id: '@pnet' }),
]

/** jclouds: everything there is at the start of a session, then nodes by their groups. */
export const jclouds: readonly Step[] = [
  step('listZones', { available: 'true', listAll: 'true' }, 'some'),
  step('listCapabilities', { listAll: 'true' }),
  step('listAccounts', { listAll: 'true' }, 'some'),
  step('listNetworks', { listAll: 'true', zoneid: '@zone' }),
  step('listNetworkOfferings', { listAll: 'true', traffictype: 'Guest', specifyvlan: 'false' }, 'some'),
  step('listServiceOfferings', { listAll: 'true' }, 'some'),
  step('listTemplates', { listAll: 'true', templatefilter: 'executable' }, 'some'),
  step('listOsTypes', { listAll: 'true' }, 'some'),
  step('listOsCategories', { listAll: 'true' }, 'some'),
  step('listHypervisors', { listAll: 'true' }, 'some'),
  step('listVirtualMachines', { listAll: 'true' }, 'some'),
  step('listPublicIpAddresses', { listAll: 'true', allocatedonly: 'true', networkid: '@network' }),
  step('listPortForwardingRules', { listAll: 'true' }),
  step('listIpForwardingRules', { listAll: 'true' }),
  step('listFirewallRules', { listAll: 'true' }),
  step('listSSHKeyPairs', { listAll: 'true' }),
  step('listSecurityGroups', { listAll: 'true', virtualmachineid: '@guest' }),
  step('listTags', { listAll: 'true', resourcetype: 'UserVm' }),
  step('listAsyncJobs', { listAll: 'true' }),
  step('getVMPassword', { id: '@guest' }, 431),
]

/** Checks of Nagios, of hosts, system VMs, capacity, storage and jobs. */
export const nagios: readonly Step[] = [
  step('listHosts', { type: 'Routing', zoneid: '@zone', listall: 'true' }, 'some'),
  step('listHosts', { resourcestate: 'Disabled' }, 'none'),
  step('listSystemVms', { listall: 'true' }, 'none'),
  step('listRouters', { listall: 'true', projectid: '-1' }),
  step('listRouters', { listall: 'true', healthchecksfailed: 'true' }, 'none'),
  step('listCapacity', { zoneid: '@zone', type: '0', fetchlatest: 'true' }, 'some'),
  step('listCapacity', { sortby: 'usage', page: '1', pagesize: '5' }, 'some'),
  step('listStoragePools', { status: 'Maintenance' }, 'none'),
  step('listImageStores'),
  step('listAlerts', { keyword: 'host' }),
  step('listEvents', { level: 'ERROR', startdate: '2026-01-01', enddate: '2026-12-31', listall: 'true' }),
  step('listAsyncJobs', { listall: 'true', startdate: '2026-01-01T00:00:00+0000' }),
  step('listVirtualMachines', { state: 'Error', listall: 'true' }, 'none'),
]
