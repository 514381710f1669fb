import { type Step, step } from './step.ts'

type With = Readonly<Record<string, string>>

/** How the web UI asks for the page of a menu's list. */
const PAGE: With = { listall: 'true', page: '1', pagesize: '20', showicon: 'true' }

/** After the login, whoever it is. */
export const start: readonly Step[] = [
  step('listApis', {}, 'some'),
  step('listCapabilities'),
  step('listUsers', { id: '@me', showicon: 'true' }, 'some'),
  step('listZones', { showicon: 'true' }, 'some'),
  step('listLdapConfigurations', {}, 'none'),
  step('listProjects', { page: '1', pagesize: '100', details: 'min', listall: 'true', showicon: 'true' }),
  step('listDomains', { details: 'min', showicon: 'true', listall: 'true', page: '1', pagesize: '100' }, 'some'),
]

/** The dashboard of whoever is no administrator. */
export const usage: readonly Step[] = [
  step('listVirtualMachines', { listall: 'true', retrieveonlyresourcecount: 'true', details: 'min', projectid: '-1' }),
  step('listVirtualMachines', { state: 'Running', listall: 'true', retrieveonlyresourcecount: 'true' }),
  step('listNetworks', { listall: 'true', retrieveonlyresourcecount: 'true' }),
  step('listPublicIpAddresses', { listall: 'true', allocatedonly: 'true', retrieveonlyresourcecount: 'true' }),
  step('listAccounts', { id: '@myaccount', listall: 'true' }, 'some'),
  step('listResourceLimits', { account: '@myname', domainid: '@mydomain' }, 'some'),
  step('listEvents', { page: '1', pagesize: '8', listall: 'true' }, 'some'),
]

/** The dashboard of administrators. */
export const capacity: readonly Step[] = [
  step('listInfrastructure'),
  step('listCapacity', { zoneid: '@zone', fetchlatest: 'false' }, 'some'),
  step('listCapacity', { zoneid: '@zone', fetchlatest: 'true' }, 'some'),
  step('listPods', { zoneid: '@zone', page: '1', pagesize: '20' }, 'some'),
  step('listHosts', { zoneid: '@zone', listall: 'true', details: 'min', type: 'routing', page: '1', pagesize: '1' }),
  step('listStoragePools', { zoneid: '@zone', listall: 'true', details: 'min', page: '1', pagesize: '1' }),
  step('listSystemVms', { zoneid: '@zone', listall: 'true', details: 'min', page: '1', pagesize: '1' }),
  step('listRouters', { zoneid: '@zone', listall: 'true', details: 'min', page: '1', pagesize: '1' }),
  step('listAlerts', { page: '1', pagesize: '8', listall: 'true' }),
  step('listManagementServersMetrics', { listall: 'true', system: 'true' }),
  step('listDbMetrics'),
]

const DETAILS = 'group,nics,secgrp,tmpl,servoff,diskoff,iso,volume,affgrp,backoff'

/** Each entry of the menu that everybody has: its list, as it is opened. */
export const menu: readonly Step[] = [
  step('listVirtualMachinesMetrics', { ...PAGE, details: DETAILS, isvnf: 'false' }, 'some'),
  step('listVirtualMachinesMetrics', { ...PAGE, details: DETAILS, isvnf: 'true' }, 'none'),
  step('listVirtualMachinesMetrics', { ...PAGE, details: DETAILS, projectid: '-1' }, 'some'),
  step('listVirtualMachinesMetrics', { ...PAGE, page: '2', details: DETAILS }),
  step('listVirtualMachinesMetrics', { ...PAGE, keyword: 'web', state: 'Running', zoneid: '@zone' }, 'some'),
  step('listInstanceGroups', PAGE),
  step('listSSHKeyPairs', PAGE),
  step('listUserData', PAGE),
  step('listAffinityGroups', PAGE),
  step('listVMSnapshot', PAGE, 'none'),
  step('listVolumes', PAGE, 'none'),
  step('listSnapshots', PAGE, 'none'),
  step('listSnapshotPolicies', PAGE, 'none'),
  step('listNetworks', { ...PAGE, networkfilter: 'all' }, 'some'),
  step('listVPCs', PAGE),
  step('listSecurityGroups', PAGE),
  step('listPublicIpAddresses', { ...PAGE, allocatedonly: 'true', forvirtualnetwork: 'true' }, 'some'),
  step('listPublicIpAddresses', { ...PAGE, state: 'Free', forsystemvms: 'false' }, 'some'),
  step('listNetworkACLLists', PAGE),
  step('listVpnCustomerGateways', PAGE, 'none'),
  step('listVpnUsers', PAGE, 'none'),
  step('listTemplates', { ...PAGE, templatefilter: 'self', showunique: 'true', isvnf: 'false' }),
  step('listTemplates', { ...PAGE, templatefilter: 'featured', showunique: 'true', isvnf: 'false', forcks: 'false' }),
  step('listIsos', { ...PAGE, isofilter: 'self', showunique: 'true' }, 'none'),
  step('listEvents', PAGE, 'some'),
  step('listProjects', { ...PAGE, details: 'min' }),
  step('listUsers', PAGE, 'some'),
  step('listAccounts', { ...PAGE, details: 'min' }, 'some'),
  step('listDomains', { ...PAGE, details: 'min' }, 'some'),
  step('listServiceOfferings', { ...PAGE, isrecursive: 'true' }, 'some'),
  step('listDiskOfferings', { ...PAGE, isrecursive: 'true' }),
]

/** What administrators have beside it. */
export const administration: readonly Step[] = [
  step('listZonesMetrics', PAGE, 'some'),
  step('listZones', { ...PAGE, showcapacities: 'true' }, 'some'),
  step('listPods', PAGE, 'some'),
  step('listClustersMetrics', PAGE, 'some'),
  step('listHostsMetrics', { ...PAGE, type: 'routing' }, 'some'),
  step('listStoragePoolsMetrics', PAGE, 'some'),
  step('listImageStores', PAGE),
  step('listSystemVms', PAGE, 'none'),
  step('listRouters', PAGE, 'some'),
  step('listInternalLoadBalancerVMs', PAGE),
  step('listManagementServersMetrics', PAGE),
  step('listAlerts', PAGE),
  step('listServiceOfferings', { ...PAGE, issystem: 'true' }, 'some'),
  step('listNetworkOfferings', PAGE, 'some'),
  step('listVPCOfferings', PAGE, 'some'),
  step('listRoles', PAGE, 'some'),
  step('listRolePermissions', { roleid: '@role' }),
  step('listConfigurations', { ...PAGE, keyword: 'network' }, 'some'),
  step('listConfigurations', { page: '1', pagesize: '20', zoneid: '@zone' }, 'some'),
  step('listHypervisorCapabilities', PAGE, 'some'),
  step('listPhysicalNetworks', { zoneid: '@zone' }, 'some'),
  step('listTrafficTypes', { physicalnetworkid: '@physical', page: '1', pagesize: '20' }, 'some'),
  step('listNetworkServiceProviders', { physicalnetworkid: '@physical', name: 'VirtualRouter' }, 'some'),
  step('listVlanIpRanges', { zoneid: '@zone', physicalnetworkid: '@physical', page: '1', pagesize: '10' }, 'some'),
  step('listGuestVlans', { physicalnetworkid: '@physical', page: '1', pagesize: '20', allocatedonly: 'false' }, 'some'),
  step('listAsyncJobs', PAGE),
  step('listUsageRecords', { startdate: '2026-01-01', enddate: '2026-12-31', page: '1', pagesize: '20' }),
  step('listUsageTypes'),
  step('listHostTags'),
  step('listTags', { resourcetype: 'UserVm', page: '1', pagesize: '20', listall: 'true' }),
]

/** What is asked for when a guest, a network, a router and a host are opened. */
export const views: readonly Step[] = [
  step('listVirtualMachinesMetrics', { id: '@guest', details: DETAILS, listall: 'true' }, 'some'),
  step('listNics', { virtualmachineid: '@guest' }, 'some'),
  step('listVolumes', { virtualmachineid: '@guest', listall: 'true' }),
  step('listEvents', { resourceid: '@guest', resourcetype: 'VirtualMachine', page: '1', pagesize: '20' }),
  step('listResourceDetails', { resourceid: '@guest', resourcetype: 'UserVm' }),
  step('listNetworks', { id: '@network', listall: 'true', showicon: 'true' }, 'some'),
  step('listEgressFirewallRules', { networkid: '@network', listall: 'true', page: '1', pagesize: '10' }),
  step('listPublicIpAddresses', { associatednetworkid: '@network', listall: 'true', page: '1', pagesize: '10' }),
  step('listVirtualMachines', { networkid: '@network', listall: 'true', page: '1', pagesize: '10' }, 'some'),
]

/** The wizard that makes a guest. */
export const wizard: readonly Step[] = [
  step('listZones', { available: 'true', showicon: 'true', page: '1', pagesize: '20' }, 'some'),
  step('listOsCategories', { zoneid: '@zone', arch: 'x86_64', isiso: 'false', isvnf: 'false', isfeatured: 'true' }),
  ...['featured', 'community', 'selfexecutable', 'sharedexecutable'].map((templatefilter) =>
    step('listTemplates', {
      ...{ templatefilter, zoneid: '@zone', arch: 'x86_64', isvnf: 'false', details: 'all', showicon: 'true' },
      ...{ page: '1', pagesize: '10', isready: 'true' },
    }),
  ),
  step('listServiceOfferings', {
    zoneid: '@zone',
    templateid: '@template',
    issystem: 'false',
    page: '1',
    pagesize: '10',
  }),
  step('listDiskOfferings', { zoneid: '@zone', page: '1', pagesize: '10', listall: 'true' }),
  step('listNetworks', {
    zoneid: '@zone',
    canusefordeploy: 'true',
    networkfilter: 'account',
    page: '1',
    pagesize: '10',
  }),
  step('listNetworkOfferings', {
    zoneid: '@zone',
    state: 'Enabled',
    guestiptype: 'Isolated',
    supportedservices: 'SourceNat',
  }),
  step('listVPCs', { zoneid: '@zone', listall: 'true' }),
  step('listSecurityGroups', { listall: 'true', page: '1', pagesize: '10' }),
  step('listSSHKeyPairs', { listall: 'true', page: '1', pagesize: '10' }),
  step('listUserData', { listall: 'true', page: '1', pagesize: '10' }),
  step('listHypervisors', { zoneid: '@zone' }, 'some'),
]
