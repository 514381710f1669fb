import { SysvmError } from '@sysvm/errors'
import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, type Call, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const NOBODY = '11111111-2222-4333-8444-555555555555'
const POD_RANGE = { gateway: '192.0.2.1', netmask: '255.255.255.0', startip: '192.0.2.10', endip: '192.0.2.20' }
const PUBLIC_RANGE = {
  gateway: '203.0.113.1',
  netmask: '255.255.255.0',
  startip: '203.0.113.10',
  endip: '203.0.113.19',
}
const TABLES = [
  'zone',
  'physical_network',
  'traffic_type',
  'network_service_provider',
  'pod',
  'cluster',
  'host',
  'vlan_range',
  'public_ip',
  'service_offering',
  'network_offering',
  'network',
  'guest',
  'nic',
  'async_job',
  'configuration',
] as const

/** Every row of every table that the API writes, and what waits for reconcilers. */
const everything = async (db: Kysely<Database>): Promise<unknown> => {
  const rows = await Promise.all(
    TABLES.map(async (table) => {
      const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(table)} t order by 1`.execute(
        db,
      )
      return [table, rows.map(({ row }) => row)]
    }),
  )
  const { rows: waiting } = await sql<{ n: string }>`select count(*) as n from pgboss.job`.execute(db)
  return [...rows, waiting]
}

const idOf = async (call: Call, command: string, params: Record<string, string>, object: string): Promise<string> => {
  const { body } = await call(command, params)
  const value = body[object] ?? body
  return String(((Array.isArray(value) ? value[0] : value) as Body | undefined)?.id)
}

/** A zone with everything but running machines. */
const makeZone = async (call: Call, name = 'z1') => {
  const zoneid = await idOf(
    call,
    'createZone',
    { name, dns1: '192.0.2.53', internaldns1: '192.0.2.53', networktype: 'Advanced' },
    'zone',
  )
  const physicalnetworkid = await idOf(call, 'createPhysicalNetwork', { zoneid, name: 'p1' }, '')
  for (const traffictype of ['Guest', 'Public']) await call('addTrafficType', { physicalnetworkid, traffictype })
  await call('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const podid = await idOf(call, 'createPod', { zoneid, name: 'pod1', ...POD_RANGE }, 'pod')
  const clusterid = await idOf(
    call,
    'addCluster',
    { zoneid, podid, clustername: 'c1', clustertype: 'CloudManaged', hypervisor: 'Container' },
    'cluster',
  )
  const vlanid = await idOf(call, 'createVlanIpRange', { zoneid, ...PUBLIC_RANGE }, 'vlan')
  const hostid = await idOf(
    call,
    'addHost',
    { zoneid, podid, clusterid, hypervisor: 'Container', url: 'ssh://root@192.0.2.30:22' },
    'host',
  )
  const networkofferingid = await idOf(call, 'listNetworkOfferings', {}, 'networkoffering')
  const serviceofferingid = await idOf(call, 'listServiceOfferings', {}, 'serviceoffering')
  const templateid = await idOf(call, 'listTemplates', { templatefilter: 'all', templatetype: 'USER' }, 'template')
  const systemtemplateid = await idOf(
    call,
    'listTemplates',
    { templatefilter: 'all', templatetype: 'SYSTEM' },
    'template',
  )
  const small = { gateway: '10.5.0.1', netmask: '255.255.255.248' }
  const networkid = await idOf(call, 'createNetwork', { zoneid, networkofferingid, name: 'n1', ...small }, 'network')
  const guest = { zoneid, serviceofferingid, templateid, networkids: networkid }
  const guestid = await idOf(call, 'deployVirtualMachine', { ...guest, name: 'first' }, '')
  const zone = { zoneid, physicalnetworkid, podid, clusterid, vlanid, hostid, networkid, guestid }
  return { ...zone, networkofferingid, serviceofferingid, templateid, systemtemplateid, guest }
}

type Zone = Awaited<ReturnType<typeof makeZone>>
type Refusal = readonly [string, (zone: Zone) => Record<string, string>, number, RegExp]

const newZone = { name: 'z2', dns1: '192.0.2.53', internaldns1: '192.0.2.53', networktype: 'Advanced' }
const host = (z: Zone) => ({
  zoneid: z.zoneid,
  podid: z.podid,
  clusterid: z.clusterid,
  hypervisor: 'Container',
  url: 'ssh://192.0.2.31',
})
const network = (z: Zone) => ({ zoneid: z.zoneid, networkofferingid: z.networkofferingid, name: 'n2' })

const refusals: readonly Refusal[] = [
  ['noSuchThing', () => ({}), 432, /There is no command 'nosuchthing'/],
  ['listZones', () => ({ colour: 'red' }), 431, /Parameter colour is unknown to listZones/],
  ['listConfigurations', () => ({ group: 'x' }), 431, /group of listConfigurations is not supported yet by sysvm/],
  ['listZones', () => ({ id: 'first' }), 431, /Parameter id: 'first' is not a UUID/],
  ['listZones', () => ({ id: NOBODY }), 431, /Invalid parameter id value=.*no zone has the id/],
  [
    'listVirtualMachines',
    (z) => ({ ids: `${z.guestid},${NOBODY}` }),
    431,
    /Invalid parameter ids .*no guest has the id/,
  ],
  ['listVirtualMachines', () => ({ networkid: NOBODY }), 431, /no network has the id/],
  ['listHosts', () => ({ clusterid: NOBODY }), 431, /no cluster has the id/],
  ['listZones', () => ({ page: '1' }), 431, /page and pagesize come together/],
  ['listZones', () => ({ page: '1', pagesize: '501' }), 431, /501 is above the maximum of 500/],
  ['listZones', () => ({ page: '0', pagesize: '5' }), 431, /Parameter page: '0' is not between 1 and/],
  ['listZones', () => ({ available: 'yes' }), 431, /Parameter available: 'yes' is neither true nor false/],
  ['listZones', () => ({ name: 'a\u0007b' }), 431, /Parameter name has a control character/],
  ['listZones', () => ({ 'name[0].key': 'x' }), 431, /Parameter name is not a map/],
  ['createZone', () => ({ ...newZone, name: '  ' }), 431, /Parameter name: ' {2}' is empty/],
  ['createZone', () => ({ name: 'z2' }), 431, /dns1 is required.*internaldns1 is required.*networktype is required/],
  ['createZone', () => ({ ...newZone, dns1: '010.0.0.1' }), 431, /Parameter dns1: '010.0.0.1' is not an IPv4 address/],
  [
    'createZone',
    () => ({ ...newZone, networktype: 'Basic' }),
    431,
    /Parameter networktype: 'Basic' is not one of Advanced/,
  ],
  ['createZone', () => ({ ...newZone, guestcidraddress: '10.1.1.7/24' }), 431, /has bits set behind its prefix/],
  ['createZone', () => ({ ...newZone, guestcidraddress: '169.254.0.0/24' }), 431, /not in a range that hosts can have/],
  ['createZone', () => ({ ...newZone, name: 'z1' }), 431, /There is already a zone with name 'z1'/],
  [
    'updateZone',
    () => ({ id: NOBODY, name: 'x' }),
    431,
    new RegExp(`Invalid parameter id value=${NOBODY} .* entity does not exist: no zone has the id`),
  ],
  ['deleteZone', (z) => ({ id: z.zoneid }), 536, /still depends on it/],
  [
    'createPhysicalNetwork',
    (z) => ({ zoneid: z.zoneid, name: 'p2', vlan: '9-5' }),
    431,
    /not a range of VXLAN identifiers/,
  ],
  [
    'createPhysicalNetwork',
    (z) => ({ zoneid: z.zoneid, name: 'p2', isolationmethods: 'GRE' }),
    431,
    /isolationmethods/,
  ],
  ['createPhysicalNetwork', () => ({ zoneid: NOBODY, name: 'p2' }), 431, /no zone has the id/],
  ['deletePhysicalNetwork', (z) => ({ id: z.physicalnetworkid }), 536, /depends on it/],
  [
    'addTrafficType',
    (z) => ({ physicalnetworkid: z.physicalnetworkid, traffictype: 'Guest' }),
    431,
    /already a traffic type/,
  ],
  ['addTrafficType', (z) => ({ physicalnetworkid: z.physicalnetworkid, traffictype: 'Sewage' }), 431, /is not one of/],
  [
    'createPod',
    (z) => ({ zoneid: z.zoneid, name: 'pod2', ...POD_RANGE, startip: '192.0.2.20', endip: '192.0.2.30' }),
    537,
    /overlap/,
  ],
  [
    'createPod',
    (z) => ({ zoneid: z.zoneid, name: 'pod2', ...POD_RANGE, netmask: '255.0.255.0' }),
    431,
    /is not a netmask/,
  ],
  [
    'createPod',
    (z) => ({ zoneid: z.zoneid, name: 'pod2', ...POD_RANGE, startip: '198.51.100.7' }),
    431,
    /is not in the gateway's network/,
  ],
  ['deletePod', (z) => ({ id: z.podid }), 536, /cluster still depends/],
  [
    'addCluster',
    (z) => ({
      zoneid: z.zoneid,
      podid: z.podid,
      clustername: 'c2',
      clustertype: 'CloudManaged',
      hypervisor: 'XenServer',
    }),
    431,
    /'XenServer' is not one of KVM, Container/,
  ],
  ['deleteCluster', (z) => ({ id: z.clusterid }), 536, /host still depends/],
  ['addHost', (z) => ({ ...host(z), url: 'ftp://192.0.2.31' }), 431, /is not a host/],
  ['addHost', (z) => ({ ...host(z), url: 'ssh://root;reboot@192.0.2.31' }), 431, /is not a host/],
  ['addHost', (z) => ({ ...host(z), hypervisor: 'KVM' }), 431, /cluster c1 has Container hosts, not KVM/],
  ['addHost', (z) => ({ ...host(z), podid: NOBODY }), 431, /cluster c1 is not in the pod/],
  ['addHost', (z) => ({ ...host(z), externaldetails: 'x' }), 431, /externaldetails of addHost is not supported yet/],
  ['addHost', (z) => ({ ...host(z), url: 'http://192.0.2.30', username: 'root' }), 431, /already a host with url/],
  [
    'createVlanIpRange',
    (z) => ({ zoneid: z.zoneid, ...PUBLIC_RANGE, startip: '203.0.113.19', endip: '203.0.113.30' }),
    537,
    /overlap those of another vlan range/,
  ],
  [
    'createVlanIpRange',
    (z) => ({ zoneid: z.zoneid, ...PUBLIC_RANGE, startip: '203.0.113.40', endip: '203.0.113.30' }),
    431,
    /comes before startip/,
  ],
  [
    'createVlanIpRange',
    (z) => ({ zoneid: z.zoneid, ...PUBLIC_RANGE, startip: '203.0.113.1' }),
    431,
    /holds the gateway/,
  ],
  [
    'createVlanIpRange',
    (z) => ({ zoneid: z.zoneid, gateway: '10.5.0.1', netmask: '255.255.255.0', startip: '10.5.0.9' }),
    537,
    /overlaps the guest network n1/,
  ],
  ['createVlanIpRange', (z) => ({ zoneid: z.zoneid, ...PUBLIC_RANGE, vlan: '100' }), 431, /only untagged is/],
  [
    'createServiceOffering',
    () => ({ name: 'huge', cpunumber: '0', memory: '64' }),
    431,
    /cpunumber: '0' is not between 1/,
  ],
  ['createServiceOffering', () => ({ name: 'huge', cpunumber: '1' }), 431, /needs cpunumber and memory/],
  ['deleteServiceOffering', (z) => ({ id: z.serviceofferingid }), 536, /guest still depends/],
  [
    'createNetworkOffering',
    () => ({ name: 'o', guestiptype: 'Isolated', traffictype: 'Guest', supportedservices: 'Dhcp,Gateway' }),
    431,
    /Gateway cannot be offered/,
  ],
  [
    'createNetworkOffering',
    () => ({
      name: 'o',
      guestiptype: 'Isolated',
      traffictype: 'Guest',
      supportedservices: 'Dhcp',
      'serviceproviderlist[0].service': 'Dhcp',
      'serviceproviderlist[0].provider': 'Netscaler',
    }),
    431,
    /no provider 'Netscaler'/,
  ],
  [
    'createNetworkOffering',
    () => ({
      name: 'o',
      guestiptype: 'Isolated',
      traffictype: 'Guest',
      supportedservices: 'Dhcp',
      'serviceproviderlist[0].service': 'Dhcp',
    }),
    431,
    /needs service and provider/,
  ],
  ['listTemplates', () => ({}), 431, /Parameter templatefilter is required/],
  [
    'createNetwork',
    (z) => ({ ...network(z), gateway: '203.0.113.129', netmask: '255.255.255.128' }),
    537,
    /overlaps the public network/,
  ],
  ['createNetwork', (z) => ({ ...network(z), gateway: '10.5.0.1' }), 431, /gateway and netmask come together/],
  [
    'createNetwork',
    (z) => ({ ...network(z), gateway: '10.5.0.0', netmask: '255.255.255.0' }),
    431,
    /network's own or its broadcast/,
  ],
  [
    'createNetwork',
    (z) => ({ ...network(z), gateway: '169.254.3.1', netmask: '255.255.255.0' }),
    431,
    /hosts cannot have addresses of 169.254/,
  ],
  ['createNetwork', (z) => ({ ...network(z), networkdomain: 'not a domain' }), 431, /is not a domain name/],
  ['createNetwork', (z) => ({ ...network(z), networkofferingid: NOBODY }), 431, /no network offering has the id/],
  ['createNetwork', (z) => ({ ...network(z), account: 'somebody' }), 431, /no account 'somebody'/],
  ['deleteNetwork', (z) => ({ id: z.networkid }), 536, /Network n1 still has 1 guests/],
  ['deployVirtualMachine', (z) => ({ ...z.guest, name: 'first' }), 431, /has a guest named first already/],
  ['deployVirtualMachine', (z) => ({ ...z.guest, name: 'under_score' }), 431, /is not a host name/],
  [
    'deployVirtualMachine',
    (z) => ({ ...z.guest, templateid: z.systemtemplateid }),
    431,
    /no template for guests has the id/,
  ],
  [
    'deployVirtualMachine',
    (z) => ({ ...z.guest, networkids: `${z.networkid},${z.networkid}` }),
    431,
    /networkids: .* twice/,
  ],
  ['deployVirtualMachine', (z) => ({ ...z.guest, networkids: NOBODY }), 431, /no network has the id/],
  [
    'deployVirtualMachine',
    (z) => ({ ...z.guest, ipaddress: '10.6.0.2' }),
    431,
    /is not an address for hosts of network n1/,
  ],
  ['deployVirtualMachine', (z) => ({ ...z.guest, ipaddress: '10.5.0.1' }), 431, /is the router of network n1/],
  [
    'deployVirtualMachine',
    (z) => ({ ...z.guest, ipaddress: '10.5.0.2' }),
    431,
    /already a nic with address '10.5.0.2'/,
  ],
  ['deployVirtualMachine', (z) => ({ ...z.guest, userdata: 'not base64!' }), 431, /userdata: is not base64/],
  ['deployVirtualMachine', (z) => ({ ...z.guest, hostid: z.hostid }), 534, /is Connecting and Enabled/],
  [
    'deployVirtualMachine',
    (z) => ({ ...z.guest, bootmode: 'UEFI' }),
    431,
    /bootmode of deployVirtualMachine is not supported yet/,
  ],
  ['recoverVirtualMachine', (z) => ({ id: z.guestid }), 534, /is not destroyed/],
  ['expungeVirtualMachine', (z) => ({ id: z.guestid }), 534, /should run/],
  ['startRouter', () => ({ id: NOBODY }), 431, /no router has the id/],
  ['getRouterStatus', () => ({ id: NOBODY }), 431, /no router has the id/],
  ['getConsoleLog', (z) => ({ id: z.guestid }), 534, /is on no host/],
  ['queryAsyncJobResult', () => ({ jobid: NOBODY }), 431, /no job has the id/],
  [
    'updateConfiguration',
    () => ({ name: 'guest.cidr', value: 'everything' }),
    431,
    /'everything' is not an IPv4 address with prefix/,
  ],
  ['updateConfiguration', () => ({ name: 'no.such', value: '1' }), 431, /there is no setting 'no.such'/],
  ['listApis', () => ({ name: 'noSuchThing' }), 431, /there is no command/],
]

describe('a refused call', () => {
  it('says what is wrong and changes nothing', async () => {
    await using api = await startApi(lab.cluster)
    const zone = await makeZone(api.call)
    expect(Object.values(zone).filter((id) => id === 'undefined')).toEqual([])
    const before = await everything(api.db)
    for (const [command, params, status, text] of refusals) {
      const answer = await api.call(command, params(zone))
      const root = status === 432 ? 'errorresponse' : `${command.toLowerCase()}response`
      expect({ command, ...answer }).toEqual({
        command,
        status,
        root,
        body: {
          uuidList: [],
          errorcode: status,
          cserrorcode: expect.any(Number),
          errortext: expect.stringMatching(text),
        },
      })
      expect({ command, text, state: await everything(api.db) }).toEqual({ command, text, state: before })
    }
  })
})

describe('a host that cannot serve', () => {
  it('is refused with all that it lacks, and not kept', async () => {
    const lacks = 'Host 192.0.2.31 lacks libvirt (virsh) and hardware virtualization: install or enable both.'
    await using api = await startApi(lab.cluster, {
      inspectHost: async ({ url }) => {
        if (url.includes('.31')) throw new SysvmError('SYSVM_HOST_REQUIREMENTS', lacks)
        return { facts: { name: 'h30', cpus: 4, memoryMiB: 2048 }, hostKey: 'SHA256:abc' }
      },
    })
    const zone = await makeZone(api.call)
    const before = await everything(api.db)
    expect(await api.call('addHost', host(zone))).toMatchObject({ status: 534, body: { errortext: lacks } })
    expect(await everything(api.db)).toEqual(before)
    const { body } = await api.call('listHosts')
    expect(body).toMatchObject({
      count: 1,
      host: [
        {
          name: 'h30',
          ipaddress: '192.0.2.30',
          username: 'root',
          cpunumber: 4,
          memorytotal: 2 ** 31,
          state: 'Connecting',
        },
      ],
    })
  })
})

describe('callers at the same time', () => {
  it('never get one address twice, and the ones too many are refused', async () => {
    await using api = await startApi(lab.cluster)
    const { guest } = await makeZone(api.call)
    // 10.5.0.0/29 has six host addresses: one is the router's, one the first guest's.
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => api.call('deployVirtualMachine', { ...guest, name: `g${index}` })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, ...Array(8).fill(533)])
    expect(answers.find(({ status }) => status === 533)?.body.errortext).toMatch(
      /network n1 has no address left in 10.5.0.0\/29/,
    )
    const { body } = await api.call('listVirtualMachines')
    const addresses = (body.virtualmachine as Body[]).map(({ ipaddress }) => ipaddress).sort()
    expect(addresses).toEqual(['10.5.0.2', '10.5.0.3', '10.5.0.4', '10.5.0.5', '10.5.0.6'])
  })

  it('cannot make ranges that overlap, or two zones of one name', async () => {
    await using api = await startApi(lab.cluster)
    const { zoneid } = await makeZone(api.call)
    const range = { zoneid, ...PUBLIC_RANGE, startip: '203.0.113.100', endip: '203.0.113.120' }
    const ranges = await Promise.all(Array.from({ length: 6 }, () => api.call('createVlanIpRange', range)))
    expect(ranges.map(({ status }) => status).sort()).toEqual([200, 537, 537, 537, 537, 537])
    const zones = await Promise.all(Array.from({ length: 6 }, () => api.call('createZone', newZone)))
    expect(zones.map(({ status }) => status).sort()).toEqual([200, 431, 431, 431, 431, 431])
  })

  it('raise a network once for each change and queue its reconciler once', async () => {
    await using api = await startApi(lab.cluster)
    const { networkid, guestid } = await makeZone(api.call)
    const before = await api.db
      .selectFrom('network')
      .select('revision')
      .where('id', '=', networkid)
      .executeTakeFirstOrThrow()
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        api.call('updateVirtualMachine', { id: guestid, displayname: `d${index}` }),
      ),
    )
    const after = await api.db
      .selectFrom('network')
      .select('revision')
      .where('id', '=', networkid)
      .executeTakeFirstOrThrow()
    expect(after.revision - before.revision).toBe(10)
    const { rows } = await sql<{ n: string }>`
      select count(*) as n from pgboss.job where name = 'reconcile-network' and state = 'created'`.execute(api.db)
    expect(rows).toEqual([{ n: '1' }])
  })
})

describe('lists', () => {
  it('are cut into pages whose count is that of all', async () => {
    await using api = await startApi(lab.cluster)
    for (let index = 1; index <= 7; index++)
      await api.call('createServiceOffering', { name: `o${index}`, cpunumber: '1', memory: '64' })
    const page = async (number: number, size: number) => {
      const { body } = await api.call('listServiceOfferings', {
        page: String(number),
        pagesize: String(size),
        keyword: 'o',
      })
      return [body.count, ((body.serviceoffering ?? []) as Body[]).map(({ name }) => name)]
    }
    expect(await page(1, 3)).toEqual([7, ['o1', 'o2', 'o3']])
    expect(await page(3, 3)).toEqual([7, ['o7']])
    expect(await page(4, 3)).toEqual([7, []])
    expect((await api.call('listServiceOfferings', { keyword: '100%' })).body).toEqual({})
  })

  it('of public addresses show free ones only when asked', async () => {
    await using api = await startApi(lab.cluster)
    const { zoneid } = await makeZone(api.call)
    expect((await api.call('listPublicIpAddresses', { zoneid })).body).toEqual({})
    const { body } = await api.call('listPublicIpAddresses', { zoneid, allocatedonly: 'false' })
    expect(body.count).toBe(10)
    expect((body.publicipaddress as Body[])[0]).toMatchObject({
      ipaddress: '203.0.113.10',
      state: 'Free',
      forvirtualnetwork: true,
    })
  })
})

describe('a failed job', () => {
  it('answers with the error that its reconciler left', async () => {
    await using api = await startApi(lab.cluster)
    const { guestid } = await makeZone(api.call)
    const { body } = await api.call('startVirtualMachine', { id: guestid })
    const running = await api.call('queryAsyncJobResult', { jobid: String(body.jobid) })
    expect(running.body).toMatchObject({
      jobstatus: 0,
      jobprocstatus: 0,
      cmd: 'startVirtualMachine',
      jobinstanceid: guestid,
    })
    expect(running.body).not.toHaveProperty('jobresult')
    const failure = { errorcode: 533, errortext: 'No host has 128 MiB left.' }
    await api.db
      .updateTable('async_job')
      .set({
        jobstatus: 2,
        jobresultcode: 533,
        jobresult: JSON.stringify(failure),
        completed: new Date('2026-11-20T10:00:00Z'),
      })
      .where('id', '=', String(body.jobid))
      .execute()
    const failed = await api.call('queryAsyncJobResult', { jobid: String(body.jobid) })
    expect(failed.body).toMatchObject({
      jobstatus: 2,
      jobresultcode: 533,
      jobresult: failure,
      completed: '2026-11-20T10:00:00+0000',
    })
  })
})
