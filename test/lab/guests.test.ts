import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let cloud: Awaited<ReturnType<typeof startApiCloud>>
let zone: Awaited<ReturnType<typeof setUpZone>>
const HOSTS = ['ssh://root@192.0.2.31:22', 'ssh://root@192.0.2.32:22', 'ssh://root@192.0.2.33:22']

/** Commits need not be spared here. */
const AT_ONCE = { commitSpacingMs: 0 }

beforeAll(async () => {
  lab = await openTestCluster()
  cloud = await startApiCloud(lab.cluster, lab.folder, AT_ONCE)
  zone = await setUpZone(cloud.call, HOSTS[0] ?? '')
  const more = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.20', endip: '203.0.113.59' }
  await run(cloud.call, 'createVlanIpRange', { zoneid: zone.zoneid, forvirtualnetwork: 'true', ...more }, 'vlan')
  const [cluster] = await list(cloud.call, 'listClusters', 'cluster')
  const where = {
    zoneid: zone.zoneid,
    podid: String(cluster?.podid),
    clusterid: idOf(cluster),
    hypervisor: 'Container',
  }
  for (const url of HOSTS.slice(1)) await run(cloud.call, 'addHost', { ...where, url }, 'host')
  await until('all hosts are up', async () =>
    (await list(cloud.call, 'listHosts', 'host', { type: 'Routing' })).every(({ state }) => state === 'Up')
      ? true
      : undefined,
  )
})
afterAll(async () => {
  await cloud?.[Symbol.asyncDispose]()
  await lab?.remove()
})

let networks = 0
const network = async (): Promise<string> => {
  const n = ++networks
  const made = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: `n${n}`, netmask: '255.255.255.0' }
  return idOf(await run(cloud.call, 'createNetwork', { ...made, gateway: `10.6.${n}.1` }, 'network'))
}

const deploy = (params: Record<string, string>): Promise<Body> =>
  run(cloud.call, 'deployVirtualMachine', { ...zone.guest, ...params }, 'virtualmachine')

const guestOf = async (id: string): Promise<Body> =>
  (await list(cloud.call, 'listVirtualMachines', 'virtualmachine', { id }))[0] ?? {}

const nicsOf = async (id: string): Promise<readonly Body[]> =>
  list(cloud.call, 'listNics', 'nic', { virtualmachineid: id })

/** The machine as its host has it, wherever that is. */
const machineOf = (instancename: unknown) =>
  HOSTS.flatMap((host) => cloud.simulator.machines(host)).find(({ spec }) => spec.name === instancename)

interface Reservation {
  readonly mac: string
  readonly address: string
  readonly defaultRoute?: boolean
}

/** What the router of a network tells its guests by DHCP. */
const reservationsIn = async (networkid: string): Promise<readonly Reservation[]> => {
  const [router] = await list(cloud.call, 'listRouters', 'router', { networkid })
  const spec = cloud.simulator.agent(String(router?.linklocalip))?.spec as {
    services: { dhcp: { subnets: { reservations: Reservation[] }[] } }
  }
  return spec.services.dhcp.subnets.flatMap(({ reservations }) => reservations)
}

const failed = async (command: string, params: Record<string, string>): Promise<Body> => {
  const { body } = await cloud.call(command, params)
  const job = await until(`${command} ended`, async () => {
    const { body: answer } = await cloud.call('queryAsyncJobResult', { jobid: String(body.jobid) })
    return answer.jobstatus === 0 ? undefined : answer
  })
  expect({ command, job }).toMatchObject({ job: { jobstatus: 2 } })
  return job.jobresult as Body
}

describe('nics of a guest that runs', () => {
  it('come once their router knows them, lead out by the default one, and go', async () => {
    const [first, second] = [await network(), await network()]
    const id = idOf(await deploy({ networkids: first, name: 'nics' }))
    const asked = { virtualmachineid: id, networkid: second, ipaddress: '10.6.2.77', macaddress: '02-00-00-AA-BB-CC' }
    const added = await run(cloud.call, 'addNicToVirtualMachine', asked, 'virtualmachine')
    expect(added.nic).toMatchObject([
      { networkid: first, isdefault: true, deviceid: '0' },
      { networkid: second, isdefault: false, deviceid: '1', ipaddress: '10.6.2.77', macaddress: '02:00:00:aa:bb:cc' },
    ])
    const machine = () => machineOf(added.instancename)
    expect(machine()).toMatchObject({
      boots: 1,
      spec: { nics: [{ device: 'eth0' }, { device: 'eth1', mac: '02:00:00:aa:bb:cc', addresses: ['10.6.2.77'] }] },
    })
    expect(await reservationsIn(second)).toEqual([
      { mac: '02:00:00:aa:bb:cc', address: '10.6.2.77', hostname: 'nics', defaultRoute: false },
    ])
    const [old, fresh] = await nicsOf(id)
    const nicid = idOf(fresh)
    const twice = await cloud.call('addNicToVirtualMachine', { virtualmachineid: id, networkid: second })
    expect(twice).toMatchObject({ status: 431, body: { errortext: expect.stringMatching(/has a nic on network n2/) } })
    const stays = await cloud.call('removeNicFromVirtualMachine', { virtualmachineid: id, nicid: idOf(old) })
    expect(stays).toMatchObject({ status: 534, body: { errortext: expect.stringMatching(/is the default one/) } })

    const changed = await run(
      cloud.call,
      'updateDefaultNicForVirtualMachine',
      { virtualmachineid: id, nicid },
      'virtualmachine',
    )
    expect(changed).toMatchObject({ ipaddress: '10.6.2.77', nic: [{ isdefault: false }, { isdefault: true }] })
    await until('both routers know', async () => {
      const [before] = await reservationsIn(first)
      const [after] = await reservationsIn(second)
      return before?.defaultRoute === false && after?.defaultRoute === undefined ? true : undefined
    })

    const removed = await run(
      cloud.call,
      'removeNicFromVirtualMachine',
      { virtualmachineid: id, nicid: idOf(old) },
      'virtualmachine',
    )
    expect(removed.nic).toMatchObject([{ networkid: second, deviceid: '1' }])
    expect(machine()).toMatchObject({ boots: 1, spec: { nics: [{ device: 'eth1' }] } })
    await until('the router forgot it', async () => ((await reservationsIn(first)).length === 0 ? true : undefined))
    const back = await run(
      cloud.call,
      'addNicToVirtualMachine',
      { virtualmachineid: id, networkid: first },
      'virtualmachine',
    )
    expect(back.nic).toMatchObject([{ networkid: first, deviceid: '0', isdefault: false }, { networkid: second }])
    expect(machine()?.boots).toBe(1)
  })

  it('come and go with its next start when it is stopped', async () => {
    const [first, second] = [await network(), await network()]
    const id = idOf(await deploy({ networkids: first, name: 'cold', startvm: 'false' }))
    const added = await run(
      cloud.call,
      'addNicToVirtualMachine',
      { virtualmachineid: id, networkid: second },
      'virtualmachine',
    )
    expect(added).toMatchObject({ state: 'Stopped', nic: [{}, { networkid: second }] })
    const started = await run(cloud.call, 'startVirtualMachine', { id }, 'virtualmachine')
    expect(machineOf(started.instancename)?.spec.nics).toHaveLength(2)
    await run(cloud.call, 'stopVirtualMachine', { id }, 'virtualmachine')
    const nicid = idOf((await nicsOf(id))[1])
    const removed = await run(
      cloud.call,
      'removeNicFromVirtualMachine',
      { virtualmachineid: id, nicid },
      'virtualmachine',
    )
    expect(removed).toMatchObject({ state: 'Stopped', nic: [{ networkid: first }] })
    await run(cloud.call, 'deleteNetwork', { id: second })
  })
})

describe('a deployment', () => {
  it('takes what a customized offering leaves open, and keeps the other details', async () => {
    const offering = await run(
      cloud.call,
      'createServiceOffering',
      { name: 'open', customized: 'true', mincpunumber: '1', maxcpunumber: '4', minmemory: '64', maxmemory: '512' },
      'serviceoffering',
    )
    const networkids = await network()
    const size = { 'details[0].cpuNumber': '3', 'details[0].memory': '320', 'details[0].purpose': 'a test' }
    const asked = { networkids, serviceofferingid: idOf(offering), group: 'web', keyboard: 'de', ...size }
    const guest = await deploy(asked)
    expect(guest).toMatchObject({
      ...{ cpunumber: 3, memory: 320, cpuspeed: 1000, group: 'web', isdynamicallyscalable: true },
      details: { purpose: 'a test', keyboard: 'de' },
    })
    expect(machineOf(guest.instancename)?.spec).toMatchObject({ cpus: 3, memoryMiB: 320 })
    const another = await deploy({ ...asked, name: 'more', startvm: 'false' })
    expect(another.groupid).toBe(guest.groupid)
    expect(
      await list(cloud.call, 'listVirtualMachines', 'virtualmachine', { groupid: String(guest.groupid) }),
    ).toHaveLength(2)
    const refused = async (details: Record<string, string>) =>
      (
        await cloud.call('deployVirtualMachine', {
          ...zone.guest,
          networkids,
          serviceofferingid: idOf(offering),
          ...details,
        })
      ).body.errortext
    expect(await refused({})).toMatch(/offering open needs details\[0\].cpuNumber/)
    expect(await refused({ ...size, 'details[0].cpuNumber': '5' })).toMatch(
      /cpuNumber '5' is not a whole number from 1 to 4/,
    )
    const fixed = await cloud.call('deployVirtualMachine', { ...zone.guest, networkids, ...size })
    expect(fixed.body.errortext).toMatch(/cpuNumber cannot be chosen/)
  })

  it('puts each nic where nicnetworklist says', async () => {
    const [first, second] = [await network(), await network()]
    const guest = await deploy({
      ...{ 'nicnetworklist[0].nic': '1', 'nicnetworklist[0].network': second },
      ...{ 'nicnetworklist[1].nic': '0', 'nicnetworklist[1].network': first, startvm: 'false' },
      ...{ name: 'numbered', macaddress: '02:00:00:00:0a:0b' },
    })
    expect(guest.nic).toMatchObject([
      { networkid: first, isdefault: true, macaddress: '02:00:00:00:0a:0b' },
      { networkid: second, isdefault: false },
    ])
  })
})

describe('affinity groups', () => {
  it('keep guests apart, and say so when that cannot be', async () => {
    const group = await run(
      cloud.call,
      'createAffinityGroup',
      { name: 'apart', type: 'host anti-affinity' },
      'affinitygroup',
    )
    const networkids = await network()
    const guests = []
    for (let n = 0; n < 3; n++) guests.push(await deploy({ networkids, affinitygroupids: idOf(group) }))
    expect(new Set(guests.map(({ hostid }) => hostid)).size).toBe(3)
    expect(guests[0]?.affinitygroup).toMatchObject([{ id: idOf(group), name: 'apart', type: 'host anti-affinity' }])
    const members = { id: idOf(group) }
    const [listed] = await list(cloud.call, 'listAffinityGroups', 'affinitygroup', members)
    expect(new Set(listed?.virtualmachineIds as string[])).toEqual(new Set(guests.map(idOf)))
    expect(
      await list(cloud.call, 'listVirtualMachines', 'virtualmachine', { affinitygroupid: idOf(group) }),
    ).toHaveLength(3)
    const fourth = { ...zone.guest, networkids, name: 'fourth', affinitygroupnames: 'apart' }
    expect(await failed('deployVirtualMachine', fourth)).toMatchObject({
      errorcode: 533,
      errortext: expect.stringMatching(/obeys the affinity group 'apart'/),
    })
    const [one] = guests
    const before = await guestOf(idOf(one))
    const odd = await cloud.call('updateVMAffinityGroup', { id: idOf(one) })
    expect(odd).toMatchObject({ status: 534, body: { errortext: expect.stringMatching(/should run/) } })
    await run(cloud.call, 'stopVirtualMachine', { id: idOf(one) })
    const free = await run(cloud.call, 'updateVMAffinityGroup', { id: idOf(one) }, 'virtualmachine')
    expect(free.affinitygroup).toEqual([])
    expect(before.hostid).toBe(free.hostid)
    await run(cloud.call, 'deleteAffinityGroup', { name: 'apart' })
    expect(await list(cloud.call, 'listAffinityGroups', 'affinitygroup')).toEqual([])
  })

  it('move a guest that would break one by starting where it is', async () => {
    const networkids = await network()
    await run(cloud.call, 'createAffinityGroup', { name: 'together', type: 'host affinity' }, 'affinitygroup')
    const hosts = await list(cloud.call, 'listHosts', 'host', { type: 'Routing' })
    const [one, two] = hosts.map(idOf)
    const stays = await deploy({ networkids, hostid: one ?? '', affinitygroupnames: 'together' })
    const moves = await deploy({ networkids, hostid: two ?? '' })
    expect([stays.hostid, moves.hostid]).toEqual([one, two])
    await run(cloud.call, 'stopVirtualMachine', { id: idOf(moves) })
    await run(
      cloud.call,
      'updateVMAffinityGroup',
      { id: idOf(moves), affinitygroupnames: 'together' },
      'virtualmachine',
    )
    const started = await run(cloud.call, 'startVirtualMachine', { id: idOf(moves) }, 'virtualmachine')
    expect(started).toMatchObject({ state: 'Running', hostid: one })
    expect(cloud.simulator.offences()).toEqual([])
  })
})

describe('the size of a guest', () => {
  const size = (name: string, cpunumber: string, memory: string, more: Record<string, string> = {}) =>
    run(cloud.call, 'createServiceOffering', { name, cpunumber, memory, ...more }, 'serviceoffering').then(idOf)

  it('grows while it runs, and shrinks when it is stopped', async () => {
    const [small, large, fixed] = [
      await size('s', '1', '64'),
      await size('l', '4', '512'),
      await size('f', '5', '600', { dynamicscalingenabled: 'false' }),
    ]
    const guest = await deploy({ networkids: await network(), serviceofferingid: small })
    const id = idOf(guest)
    const offers = await list(cloud.call, 'listServiceOfferings', 'serviceoffering', { virtualmachineid: id })
    expect(offers.map(({ name }) => name)).toEqual(expect.arrayContaining(['l', 'f']))
    expect(offers.map(({ name }) => name)).not.toContain('s')
    await run(cloud.call, 'scaleVirtualMachine', { id, serviceofferingid: large })
    expect(await guestOf(id)).toMatchObject({ cpunumber: 4, memory: 512, serviceofferingname: 'l', state: 'Running' })
    expect(machineOf(guest.instancename)?.boots).toBe(1)
    const refusal = async (serviceofferingid: string) =>
      (await cloud.call('scaleVirtualMachine', { id, serviceofferingid })).body.errortext
    expect(await refusal(small)).toMatch(/stop it before it is made smaller/)
    expect(await refusal(fixed)).toMatch(/not dynamically scalable/)
    const sync = await cloud.call('changeServiceForVirtualMachine', { id, serviceofferingid: fixed })
    expect(sync).toMatchObject({ status: 534, body: { errortext: expect.stringMatching(/should run/) } })
    await run(cloud.call, 'stopVirtualMachine', { id })
    const changed = await run(
      cloud.call,
      'changeServiceForVirtualMachine',
      { id, serviceofferingid: small },
      'virtualmachine',
    )
    expect(changed).toMatchObject({ cpunumber: 1, memory: 64, state: 'Stopped' })
    await run(cloud.call, 'startVirtualMachine', { id })
    expect(machineOf(guest.instancename)).toMatchObject({ boots: 2, spec: { cpus: 1, memoryMiB: 64 } })
  })

  it('does not grow beyond its host', async () => {
    const [small, huge] = [await size('s2', '1', '64'), await size('h', '2', '900000')]
    const id = idOf(await deploy({ networkids: await network(), serviceofferingid: small }))
    const { status, body } = await cloud.call('scaleVirtualMachine', { id, serviceofferingid: huge })
    expect({ status, body }).toMatchObject({
      status: 533,
      body: { errortext: expect.stringMatching(/has no room for 1 more cpus and 899936 MiB/) },
    })
    expect(await guestOf(id)).toMatchObject({ memory: 64 })
  })
})

describe('a disk', () => {
  it('is made anew by a restoration, and at each start of a volatile guest', async () => {
    const guest = await deploy({ networkids: await network() })
    const id = idOf(guest)
    expect(machineOf(guest.instancename)?.boots).toBe(1)
    await run(cloud.call, 'rebootVirtualMachine', { id })
    expect(machineOf(guest.instancename)?.boots).toBe(2)
    const restored = await run(cloud.call, 'restoreVirtualMachine', { virtualmachineid: id }, 'virtualmachine')
    expect(restored).toMatchObject({ id, state: 'Running' })
    expect(machineOf(guest.instancename)?.boots).toBe(1)
    await run(cloud.call, 'stopVirtualMachine', { id })
    await run(cloud.call, 'restoreVirtualMachine', { virtualmachineid: id })
    expect(machineOf(guest.instancename)).toBeUndefined()
    expect(await guestOf(id)).toMatchObject({ state: 'Stopped' })
    await run(cloud.call, 'startVirtualMachine', { id })
    expect(machineOf(guest.instancename)?.boots).toBe(1)

    const offering = { name: 'v', cpunumber: '1', memory: '64', isvolatile: 'true' }
    const serviceofferingid = idOf(await run(cloud.call, 'createServiceOffering', offering, 'serviceoffering'))
    const fleeting = await deploy({ networkids: await network(), serviceofferingid })
    await run(cloud.call, 'rebootVirtualMachine', { id: idOf(fleeting) })
    expect(machineOf(fleeting.instancename)?.boots).toBe(1)
  })

  it('is brought to the host on which its guest is to start', async () => {
    const [one, two] = (await list(cloud.call, 'listHosts', 'host', { type: 'Routing' })).map(idOf)
    const id = idOf(await deploy({ networkids: await network(), hostid: one ?? '' }))
    await run(cloud.call, 'stopVirtualMachine', { id })
    const started = await run(cloud.call, 'startVirtualMachine', { id, hostid: two ?? '' }, 'virtualmachine')
    expect(started).toMatchObject({ state: 'Running', hostid: two })
    expect(cloud.simulator.offences()).toEqual([])
  })

  it('is brought to the pod or cluster in which its guest is to start, and stays where it is when it is in there', async () => {
    const [one, two] = (await list(cloud.call, 'listHosts', 'host', { type: 'Routing' })).map(idOf)
    const id = idOf(await deploy({ networkids: await network(), hostid: one ?? '' }))
    await run(cloud.call, 'stopVirtualMachine', { id })
    const [here] = await list(cloud.call, 'listHosts', 'host', { id: one ?? '' })
    const { podid = '', clusterid = '' } = here as Readonly<Record<string, string>>
    expect(await run(cloud.call, 'startVirtualMachine', { id, podid, clusterid }, 'virtualmachine')).toMatchObject({
      hostid: one,
    })
    await run(cloud.call, 'stopVirtualMachine', { id })
    const { zoneid, hypervisor } = here as Readonly<Record<string, string>>
    const made = { zoneid: String(zoneid), podid, clustername: 'other', hypervisor: String(hypervisor) }
    const [other] = await list(cloud.call, 'addCluster', 'cluster', { ...made, clustertype: 'CloudManaged' })
    const elsewhere = { id, clusterid: idOf(other) }
    expect(await cloud.call('startVirtualMachine', elsewhere)).toMatchObject({ status: 533 })
    await cloud.db
      .updateTable('host')
      .set({ cluster: idOf(other) })
      .where('id', '=', String(two))
      .execute()
    expect(await run(cloud.call, 'startVirtualMachine', elsewhere, 'virtualmachine')).toMatchObject({
      ...{ state: 'Running', hostid: two },
    })
    await cloud.db.updateTable('host').set({ cluster: clusterid }).where('id', '=', String(two)).execute()
    expect(cloud.simulator.offences()).toEqual([])
  })
})

describe('a guest', () => {
  it('is remembered by what it is told, and kept from destruction', async () => {
    const id = idOf(await deploy({ networkids: await network(), startvm: 'false' }))
    const asked = { haenable: 'true', isdynamicallyscalable: 'false', deleteprotection: 'true', group: 'db' }
    const changed = await run(
      cloud.call,
      'updateVirtualMachine',
      { id, ...asked, 'details[0].a': 'b' },
      'virtualmachine',
    )
    expect(changed).toMatchObject({
      ...{ haenable: true, isdynamicallyscalable: false, deleteprotection: true, group: 'db' },
      details: { a: 'b' },
    })
    expect(await list(cloud.call, 'listVirtualMachines', 'virtualmachine', { haenable: 'true' })).toMatchObject([
      { id },
    ])
    const refused = await cloud.call('destroyVirtualMachine', { id })
    expect(refused).toMatchObject({
      status: 534,
      body: { errortext: expect.stringMatching(/protected from deletion/) },
    })
    const clean = { id, cleanupdetails: 'true', group: '', deleteprotection: 'false', haenable: 'false' }
    const cleared = await run(cloud.call, 'updateVirtualMachine', clean, 'virtualmachine')
    expect([cleared.details, cleared.group, cleared.haenable]).toEqual([undefined, undefined, false])
  })

  it('can be recovered for a while, and is expunged then', async () => {
    const networkids = await network()
    const [first, second] = [
      idOf(await deploy({ networkids, startvm: 'false' })),
      idOf(await deploy({ networkids, startvm: 'false' })),
    ]
    await run(cloud.call, 'destroyVirtualMachine', { id: first })
    expect(await guestOf(first)).toMatchObject({ state: 'Destroyed' })
    const back = await run(cloud.call, 'recoverVirtualMachine', { id: first }, 'virtualmachine')
    expect(back).toMatchObject({ id: first })
    await until('it is stopped', async () => ((await guestOf(first)).state === 'Stopped' ? true : undefined))
    await run(cloud.call, 'destroyVirtualMachine', { id: second })
    await run(cloud.call, 'updateConfiguration', { name: 'expunge.interval', value: '1' })
    await run(cloud.call, 'updateConfiguration', { name: 'expunge.delay', value: '0' })
    await until('it is gone', async () =>
      (await cloud.call('listVirtualMachines', { id: second })).status === 431 ? true : undefined,
    )
    expect(await guestOf(first)).toMatchObject({ state: 'Stopped' })
  })
})

it('starts highly available guests of a host that is given up elsewhere, and no others', async () => {
  const offering = { name: 'ha', cpunumber: '1', memory: '64', offerha: 'true' }
  const serviceofferingid = idOf(await run(cloud.call, 'createServiceOffering', offering, 'serviceoffering'))
  const networkids = await network()
  const hosts = await list(cloud.call, 'listHosts', 'host', { type: 'Routing' })
  const [, , last] = hosts
  const hostid = idOf(last)
  const lasting = idOf(await deploy({ networkids, serviceofferingid, hostid }))
  const stopped = idOf(await deploy({ networkids, serviceofferingid, hostid }))
  const plain = idOf(await deploy({ networkids, hostid }))
  await run(cloud.call, 'stopVirtualMachine', { id: stopped })
  expect(await guestOf(lasting)).toMatchObject({ haenable: true, hostid })
  cloud.simulator.power(HOSTS.find((url) => url.includes(String(last?.ipaddress))) ?? '', false)
  await run(cloud.call, 'deleteHost', { id: hostid, forced: 'true', forcedestroylocalstorage: 'true' })
  const moved = await until('it runs elsewhere', async () => {
    const guest = await guestOf(lasting)
    return guest.state === 'Running' && guest.hostid !== hostid ? guest : undefined
  })
  expect(machineOf(moved.instancename)?.state).toBe('running')
  for (const id of [plain, stopped])
    await until('it is gone', async () =>
      (await cloud.call('listVirtualMachines', { id })).status === 431 ? true : undefined,
    )
})
