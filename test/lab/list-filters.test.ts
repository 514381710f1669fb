import { randomUUID } from 'node:crypto'
import { addressContains, contains, containsExactly } from '@sysvm/manager/model/contains'
import { anywhere } from '@sysvm/manager/model/page'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { make, NOBODY } from './refusals.ts'
import { callerOf, makeAccount, serveAs } from './tenants.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let api: Awaited<ReturnType<typeof startApi>>
const at: Record<string, string> = {}

beforeAll(async () => {
  lab = await openTestCluster()
  api = await startApi(lab.cluster)
  const { call, db } = api
  const zone = await setUpZone(call, 'ssh://root@192.0.2.30:22')
  Object.assign(at, { zone: zone.zoneid, isolated: zone.isolated })
  for (const [name, command] of [
    ['pod', 'listPods'],
    ['cluster', 'listClusters'],
    ['physical', 'listPhysicalNetworks'],
    ['root', 'listDomains'],
  ] as const)
    at[name] = await make(call, command)
  at.pool = await make(call, 'createStoragePool', { zoneid: zone.zoneid, name: 'p', url: 'nfs://192.0.2.9/e' })
  at.store = await make(call, 'addImageStore', { provider: 'NFS', url: 'nfs://192.0.2.9/s' })
  const network = { zoneid: zone.zoneid, networkofferingid: zone.isolated }
  at.network = await make(call, 'createNetwork', {
    ...network,
    name: 'n1',
    gateway: '10.1.1.1',
    netmask: '255.255.255.0',
  })
  at.guest = await make(call, 'deployVirtualMachine', { ...zone.guest, networkids: at.network, name: 'web' })
  at.second = await make(call, 'deployVirtualMachine', { ...zone.guest, networkids: at.network, name: 'db' })
  at.group = await make(call, 'createSecurityGroup', { name: 'sg' })
  await make(call, 'createSecurityGroup', { name: 'other' })
  at.project = await make(call, 'createProject', { name: 'team', displaytext: 'team' })
  for (const [resourcetype, resourceids] of [
    ['SecurityGroup', at.group],
    ['Project', at.project],
  ] as const)
    await run(call, 'createTags', { resourcetype, resourceids, 'tags[0].key': 'tier', 'tags[0].value': 'prod' })
  at.manager = randomUUID()
  await sql`insert into manager (id, name, address, version, state, epoch, process)
    values (${at.manager}, 'm', '127.0.0.1:1', '4', 'Up', 1, 1)`.execute(db)
  for (const { id, name } of await list(call, 'listOsCategories', 'oscategory')) at[`os:${name}`] = String(id)
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
  await lab?.remove()
})

const PROD = { 'tags[0].key': 'tier', 'tags[0].value': 'prod' }
const vms = 'listVirtualMachines'

/** How many a list is of; `@` names what was set up. */
const filters: readonly (readonly [command: string, params: Readonly<Record<string, string>>, count: number])[] = [
  [vms, { arch: 'x86_64' }, 2],
  [vms, { arch: 'aarch64' }, 0],
  [vms, { isvnf: 'false', leased: 'false', gpuenabled: 'false', accumulate: 'true' }, 2],
  [vms, { isvnf: 'true' }, 0],
  [vms, { leased: 'true' }, 0],
  [vms, { gpuenabled: 'true' }, 0],
  [vms, { storageid: '@pool' }, 0],
  [vms, { retrieveonlyresourcecount: 'false' }, 2],
  ['listTemplates', { templatefilter: 'all', arch: 'x86_64', isvnf: 'false', forcks: 'false' }, 2],
  ['listTemplates', { templatefilter: 'all', isvnf: 'true' }, 0],
  ['listTemplates', { templatefilter: 'all', forcks: 'true' }, 0],
  ['listTemplates', { templatefilter: 'all', storageid: '@pool' }, 0],
  ['listTemplates', { templatefilter: 'all', imagestoreid: '@store' }, 0],
  ['listTemplates', { templatefilter: 'all', oscategoryid: '@os:Debian' }, 1],
  ['listTemplates', { templatefilter: 'executable', oscategoryid: '@os:Linux' }, 1],
  ['listTemplates', { templatefilter: 'executable', oscategoryid: '@os:Debian' }, 0],
  ['listOsCategories', { isiso: 'false', isvnf: 'false', arch: 'x86_64', name: 'Debian' }, 1],
  ['listOsCategories', { isiso: 'true' }, 0],
  ['listNetworks', { supportedservices: 'Dhcp,SourceNat' }, 1],
  ['listNetworks', { supportedservices: 'Dhcp,NetworkACL' }, 0],
  ['listNetworks', { associatednetworkid: '@network' }, 0],
  ['listPublicIpAddresses', { allocatedonly: 'false', forsystemvms: 'false', forprovider: 'false' }, 4],
  ['listPublicIpAddresses', { allocatedonly: 'false', forsystemvms: 'true' }, 0],
  ['listPublicIpAddresses', { allocatedonly: 'false', forprovider: 'true' }, 0],
  ['listPublicIpAddresses', { allocatedonly: 'false', networkid: '@network' }, 0],
  ['listSecurityGroups', PROD, 1],
  ['listSecurityGroups', { ...PROD, 'tags[0].value': 'test' }, 0],
  ['listProjects', PROD, 1],
  ['listProjects', { username: 'admin', showicon: 'true' }, 1],
  ['listProjects', { username: 'nobody' }, 0],
  ['listUsers', { usersource: 'native', showicon: 'true' }, 1],
  ['listUsers', { usersource: 'ldap' }, 0],
  ['listAccounts', { showicon: 'true', listall: 'true', details: 'min' }, 1],
  ['listDomains', { showicon: 'true', details: 'min' }, 1],
  ['listDomainChildren', { showicon: 'true' }, 0],
  ['listZones', { domainid: '@root', showicon: 'true' }, 1],
  ['listZones', { storageaccessgroup: 'a' }, 0],
  ['listPods', { storageaccessgroup: 'a' }, 0],
  ['listClusters', { arch: 'x86_64' }, 1],
  ['listClusters', { arch: 'aarch64' }, 0],
  ['listHosts', { arch: 'x86_64', outofbandmanagementenabled: 'false' }, 1],
  ['listHosts', { outofbandmanagementenabled: 'true' }, 0],
  ['listHosts', { outofbandmanagementpowerstate: 'Off' }, 0],
  ['listHosts', { managementserverid: '@manager' }, 0],
  ['listStoragePools', { storageaccessgroup: 'a' }, 0],
  ['listSystemVms', { arch: 'x86_64', storageid: '@pool' }, 0],
  ['listServiceOfferings', { gpuenabled: 'true' }, 0],
  [
    'listNetworkOfferings',
    { domainid: '@root', istagged: 'false', name: 'DefaultIsolatedNetworkOfferingWithSourceNatService' },
    1,
  ],
  ['listNetworkOfferings', { istagged: 'true' }, 0],
  ['listNetworkOfferings', { tags: 'a' }, 0],
  ['listVPCOfferings', { domainid: '@root', name: 'Default VPC offering' }, 1],
  ['listNics', { virtualmachineid: '@guest', keyword: '10.1.1.' }, 1],
  ['listNics', { virtualmachineid: '@guest', keyword: '192.' }, 0],
  ['listTrafficTypes', { physicalnetworkid: '@physical', keyword: 'pub' }, 1],
  ['listTrafficTypeImplementors', { keyword: 'PUB' }, 1],
  ['listNetworkServiceProviders', { physicalnetworkid: '@physical', keyword: 'vpc' }, 1],
  ['listVirtualRouterElements', { keyword: 'vpc' }, 1],
  ['listInternalLoadBalancerElements', { keyword: 'no such' }, 0],
  ['listVlanIpRanges', { keyword: '113.10' }, 1],
  ['listVlanIpRanges', { keyword: '198.' }, 0],
  ['listVlanIpRanges', { podid: '@pod' }, 0],
  ['listVlanIpRanges', { networkid: '@network' }, 0],
  ['listGuestVlans', { keyword: '19', physicalnetworkid: '@physical' }, 11],
  ['listManagementServers', { peers: 'true' }, 1],
]

const given = (params: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, value.startsWith('@') ? String(at[value.slice(1)]) : value]),
  )

describe("CloudStack's filters", () => {
  it.each(filters)('%s with %j is of %i', async (command, params, count) => {
    const { status, body } = await api.call(command, given(params))
    const items = Object.values(body).find(Array.isArray) ?? []
    expect({ status, count: body.count, shown: items.length }).toEqual({
      status: 200,
      count: count || undefined,
      shown: count,
    })
  })

  it('tell the number alone where that is asked for', async () => {
    const only = { retrieveonlyresourcecount: 'true' }
    expect((await api.call(vms, only)).body).toEqual({ count: 2 })
    expect((await api.call(vms, { ...only, name: 'web', page: '1', pagesize: '20' })).body).toEqual({ count: 1 })
    expect((await api.call(vms, { ...only, name: 'nobody' })).body).toEqual({})
    expect((await api.call('listNetworks', only)).body).toEqual({ count: 1 })
    expect((await api.call('listPublicIpAddresses', { ...only, allocatedonly: 'false' })).body).toEqual({ count: 4 })
  })

  it.each(['autoscalevmgroupid', 'backupofferingid', 'extensionid', 'isoid'])(
    'refuse an id of what there is none of: %s',
    async (name) => {
      const { status, body } = await api.call(vms, { [name]: NOBODY })
      expect({ status, text: body.errortext }).toEqual({ status: 431, text: expect.stringContaining(`no `) })
    },
  )

  it('show what zones, pods and clusters have, to administrators', async () => {
    for (const [command, object] of [
      ['listZones', 'zone'],
      ['listPods', 'pod'],
      ['listClusters', 'cluster'],
    ] as const) {
      const [plain] = await list(api.call, command, object)
      expect(plain).not.toHaveProperty('capacity')
      const [shown] = await list(api.call, command, object, { showcapacities: 'true' })
      const scope = { [`${object}id`]: idOf(plain) }
      const expected = await list(api.call, 'listCapacity', 'capacity', scope)
      expect(expected.length).toBeGreaterThan(2)
      expect({ command, capacity: shown?.capacity }).toEqual({ command, capacity: expected })
    }
    const account = await makeAccount(api.call, 'tenant', String(at.root))
    await using tenant = await serveAs(api.url, api.jobs, await callerOf(api.db, account))
    const [zone]: readonly Body[] = await list(tenant.call, 'listZones', 'zone', { showcapacities: 'true' })
    expect(zone).toMatchObject({ id: at.zone })
    expect(zone).not.toHaveProperty('capacity')
  })
})

/** Of all sorts of letters, wildcards and addresses. */
const TEXTS = ['Guest-1', 'e-1', 'E-1', 'a%b', 'a_b', 'axb', 'a\\b', 'Éa', 'éA', 'AB', 'x 1', '999', '0.9.9.9', '']
const ADDRESSES = ['10.1.0.99', '100.64.0.17', 'fd00::a9', '2001:db8::abcd', '::ffff:10.0.0.1']
const KEYWORDS = [
  'a',
  'A',
  'e-1',
  'E-1',
  'a%',
  '%',
  '_',
  '\\',
  'é',
  'É',
  'ab',
  'x 1',
  '99',
  '999',
  'guest',
  'T-1',
  'a_b',
]

it('finds a keyword, weak or not, in texts and addresses as PostgreSQL would without case', async () => {
  const { db } = api
  for (const keyword of [...KEYWORDS, '.', ':', '0.', 'fd', 'FD', 'abcd', '1', 'g', ' ']) {
    const part = anywhere(keyword)
    const { rows } = await sql`select a, b from unnest(${TEXTS}::text[]) a, unnest(${TEXTS}::text[]) b
      where ${contains(['a', 'b'], keyword)} is distinct from (a ilike ${part} or b ilike ${part})
        or ${containsExactly('a', keyword)} is distinct from (a like ${part})`.execute(db)
    expect(rows, keyword).toEqual([])
    const addresses = await sql`select address from unnest(${ADDRESSES}::inet[]) address
      where ${addressContains('address', keyword)} is distinct from (host(address) like ${part})`.execute(db)
    expect(addresses.rows, keyword).toEqual([])
  }
})
