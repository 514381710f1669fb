import { mayRest, whoComesFirst } from '@sysvm/manager/orchestration/router/pair'
import type { World } from '@sysvm/manager/orchestration/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let cloud: Awaited<ReturnType<typeof startApiCloud>>

/** How often reconcilers came to a step, by its name. */
const steps = new Map<string, number>()
let notice: (step: string) => void | Promise<void> = () => {}
const count = (step: string): void | Promise<void> => {
  steps.set(step, (steps.get(step) ?? 0) + 1)
  return notice(step)
}

/** The network's reconciler has nothing more to do: two that wake each other for ever never get here. */
const isStill = () =>
  until('the network is looked at no more', async () => {
    const before = steps.get('network.vni')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    return steps.get('network.vni') === before
  })

const HOSTS = ['local:?netns=pair-h1', 'local:?netns=pair-h2', 'local:?netns=pair-h3'] as const
const range = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.10', endip: '203.0.113.30' }

const run = async (command: string, params: Record<string, string>, object = ''): Promise<Body> => {
  const { status, body } = await cloud.call(command, params)
  if (status !== 200) throw new Error(`${command}: ${JSON.stringify(body)}`)
  const one = (answer: Body): Body => {
    const value = answer[object] ?? answer
    return (Array.isArray(value) ? value[0] : value) as Body
  }
  if (body.jobid === undefined) return one(body)
  const job = await until(`${command} ended`, async () => {
    const { body: answer } = await cloud.call('queryAsyncJobResult', { jobid: String(body.jobid) })
    return answer.jobstatus === 0 ? undefined : answer
  })
  const { jobstatus, jobresult } = job
  expect({ command, jobstatus, jobresult }).toEqual({ command, jobstatus: 1, jobresult })
  return one(job.jobresult as Body)
}

const list = async (command: string, object: string, params: Record<string, string> = {}): Promise<Body[]> => {
  const { status, body } = await cloud.call(command, params)
  expect({ command, status, body }).toMatchObject({ status: 200 })
  return (body[object] ?? []) as Body[]
}

const idOf = (item: Body | undefined): string => String(item?.id)

interface Spec {
  readonly services: {
    readonly interfaces: {
      readonly interfaces: readonly { readonly role: string; readonly mac: string; readonly own?: readonly string[] }[]
    }
    readonly redundancy?: { readonly rank: string; readonly peer: { readonly address: string; readonly mac: string } }
    readonly dhcp: { readonly subnets: readonly { readonly reservations: readonly { readonly hostname: string }[] }[] }
  }
}

const SERVICES = 'Dhcp,Dns,SourceNat,UserData,Firewall,PortForwarding,StaticNat,Lb'
const TWO = {
  'servicecapabilitylist[0].service': 'SourceNat',
  'servicecapabilitylist[0].capabilitytype': 'RedundantRouter',
  'servicecapabilitylist[0].capabilityvalue': 'true',
}

let place: Record<'zoneid' | 'podid' | 'clusterid', string>
let kinds: { readonly single: string; readonly redundant: string }
let machine: Record<'serviceofferingid' | 'templateid', string>

/** One that networks can span to. */
const addHost = async (which: number): Promise<void> => {
  const url = HOSTS[which] ?? ''
  const host = await run('addHost', { ...place, hypervisor: 'Container', url }, 'host')
  await cloud.db
    .updateTable('host')
    .set({ underlay: `192.0.2.${which + 1}` })
    .where('id', '=', idOf(host))
    .execute()
}

const offering = async (name: string, more: Record<string, string>): Promise<string> =>
  idOf(
    await run(
      'createNetworkOffering',
      { name, guestiptype: 'Isolated', traffictype: 'Guest', supportedservices: SERVICES, enable: 'true', ...more },
      'networkoffering',
    ),
  )

/** Soon enough to be waited for. */
const ILL = { readSeconds: 0.2, illSeconds: 1, pauseSeconds: 600, mostPauseSeconds: 3600 }

beforeAll(async () => {
  lab = await openTestCluster()
  cloud = await startApiCloud(
    lab.cluster,
    lab.folder,
    { commitSpacingMs: 0, roleSpacingMs: 50, levelSeconds: 4, ill: ILL },
    count,
  )
  const dns = { dns1: '192.0.2.53', internaldns1: '192.0.2.53' }
  const zoneid = idOf(await run('createZone', { name: 'z1', networktype: 'Advanced', ...dns }, 'zone'))
  const physicalnetworkid = idOf(
    await run('createPhysicalNetwork', { zoneid, name: 'p1', vlan: '100-199' }, 'physicalnetwork'),
  )
  for (const traffictype of ['Guest', 'Public']) await run('addTrafficType', { physicalnetworkid, traffictype })
  await run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const pod = { gateway: '192.0.2.1', netmask: '255.255.255.0', startip: '192.0.2.10' }
  const podid = idOf(await run('createPod', { zoneid, name: 'pod1', ...pod }, 'pod'))
  await run('createVlanIpRange', { zoneid, forvirtualnetwork: 'true', ...range }, 'vlan')
  const cluster = { clustername: 'c1', clustertype: 'CloudManaged', hypervisor: 'Container' }
  const clusterid = idOf(await run('addCluster', { zoneid, podid, ...cluster }, 'cluster'))
  place = { zoneid, podid, clusterid }
  await addHost(0)
  await run('updateZone', { id: zoneid, allocationstate: 'Enabled' }, 'zone')
  kinds = { single: await offering('one router', {}), redundant: await offering('two routers', TWO) }
  machine = {
    serviceofferingid: idOf((await list('listServiceOfferings', 'serviceoffering'))[0]),
    templateid: idOf((await list('listTemplates', 'template', { templatefilter: 'executable' }))[0]),
  }
})
afterAll(async () => {
  await cloud?.[Symbol.asyncDispose]()
  await lab.remove()
})

const network = async (name: string, networkofferingid: string): Promise<Body> =>
  run('createNetwork', { zoneid: place.zoneid, name, networkofferingid }, 'network')

const deploy = (name: string, networkids: string): Promise<Body> =>
  run('deployVirtualMachine', { zoneid: place.zoneid, name, networkids, ...machine }, 'virtualmachine')

/** In the order of their own addresses, which is that of their ranks. */
const routersOf = async (networkid: string): Promise<Body[]> =>
  (await list('listRouters', 'router', { networkid })).toSorted((a, b) =>
    String(a.guestipaddress) < String(b.guestipaddress) ? -1 : 1,
  )
const specOf = (router: Body): Spec => cloud.simulator.agent(String(router.linklocalip))?.spec as Spec
const rolesOf = async (networkid: string): Promise<string> =>
  (await routersOf(networkid))
    .map(({ redundantstate }) => redundantstate)
    .sort()
    .join()
const settled = (networkid: string) =>
  until('one serves, the other could', async () => (await rolesOf(networkid)) === 'BACKUP,PRIMARY')
const hostsOf = async (networkid: string): Promise<unknown[]> =>
  (await routersOf(networkid)).map(({ hostname }) => hostname).sort()

const machinesCalled = (name: unknown) =>
  HOSTS.flatMap((url) => cloud.simulator.machines(url)).filter(({ spec }) => spec.name === name)

/** What is decided on rows that are otherwise than they are, when nobody answers. */
const decided = async <T>(
  net: string,
  over: readonly Record<string, unknown>[],
  decide: (world: World, first: never, second: never) => Promise<T>,
): Promise<T> => {
  const undone = new Error('undone')
  let result: { readonly value: T } | undefined
  await cloud.db
    .transaction()
    .execute(async (trx) => {
      const rows: unknown[] = []
      for (const [index, rank] of (['first', 'second'] as const).entries())
        rows.push(
          await trx
            .updateTable('router')
            .set({ moving: false, ...over[index] })
            .where('network', '=', net)
            .where('rank', '=', rank)
            .returningAll()
            .executeTakeFirstOrThrow(),
        )
      const world = { db: trx, log: { debug: () => undefined } } as unknown as World
      result = { value: await decide(world, rows[0] as never, rows[1] as never) }
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
  return (result as { readonly value: T }).value
}

describe('a network of two routers', () => {
  let net: string

  it('has them, on one host as long as there is one', async () => {
    const made = await network('pair', kinds.redundant)
    net = idOf(made)
    expect(made).toMatchObject({ redundantrouter: true, gateway: '10.1.1.1' })
    const guest = await deploy('a', net)
    const routers = await routersOf(net)
    expect(routers.map(({ healthcheckresults }) => healthcheckresults)).toEqual([[], []])
    expect(routers).toMatchObject([
      { state: 'Running', isredundantrouter: true, publicip: '203.0.113.10', guestipaddress: '10.1.1.3' },
      { state: 'Running', isredundantrouter: true, publicip: '203.0.113.10', guestipaddress: '10.1.1.4' },
    ])
    // The two have addresses that no guest gets.
    expect(guest.nic).toMatchObject([{ ipaddress: '10.1.1.2', gateway: '10.1.1.1' }])
    expect(new Set(await hostsOf(net)).size).toBe(1)
    await settled(net)
  })

  it('tells both one document, but for who they are', () => {
    return routersOf(net).then((routers) => {
      const [one, two] = routers.map(specOf)
      const own = (spec: Spec | undefined) => {
        const { interfaces, redundancy, ...services } = spec?.services ?? ({} as Spec['services'])
        return {
          services,
          redundancy,
          shared: interfaces.interfaces.slice(1).map(({ mac: _, own: __, ...nic }: Record<string, unknown>) => nic),
          own: interfaces.interfaces.map((nic) => (nic as { own?: string[] }).own),
          mac: interfaces.interfaces.find(({ role }) => role === 'guest')?.mac,
        }
      }
      const [first, second] = [own(one), own(two)]
      expect(first.services).toEqual(second.services)
      expect(first.shared).toEqual(second.shared)
      expect(first.shared).toMatchObject([
        { device: 'eth1', role: 'guest', addresses: ['10.1.1.1/24'] },
        { device: 'eth2', role: 'public', addresses: ['203.0.113.10/24'] },
      ])
      expect([first.own, second.own]).toEqual([
        [undefined, ['10.1.1.3/24'], []],
        [undefined, ['10.1.1.4/24'], []],
      ])
      expect([first.redundancy, second.redundancy]).toEqual([
        { device: 'eth1', rank: 'first', peer: { address: '10.1.1.4', mac: second.mac }, advertMs: 100 },
        { device: 'eth1', rank: 'second', peer: { address: '10.1.1.3', mac: first.mac }, advertMs: 100 },
      ])
    })
  })

  it('lets none join that could serve beside one that was not told, whatever is known of that one', async () => {
    const waits = (peer: Record<string, unknown>, own: Record<string, unknown> = { generation: 0 }) =>
      decided(net, [peer, own], async (world, first, second) => {
        const other = await whoComesFirst(world, second, 1_000_000)
        return other !== undefined && other.id === (first as { id: string }).id
      })
    for (const state of ['Running', 'Error', 'Starting', 'Stopping', 'Migrating'] as const)
      expect([state, await waits({ state })]).toEqual([state, true])
    expect(await waits({ state: 'Error', desired: 'Destroyed' })).toBe(true)
    expect(await waits({ state: 'Error', revision: 1_000_000 })).toBe(false)
    expect(await waits({ state: 'Error', host: null })).toBe(false)
    expect(await waits({ state: 'Stopped', desired: 'Stopped' })).toBe(false)
    expect(await waits({ state: 'Error', generation: 0 })).toBe(false)
  })

  it('takes none down that says nothing, but where the other one serves or both failed', async () => {
    const rests = (which: 0 | 1, over: readonly Record<string, unknown>[]) =>
      decided(net, over, (world, ...routers) => mayRest(world, routers[which]))
    const anew = { remakes_wanted: 1_000, state: 'Running' }
    expect(await rests(0, [anew, { state: 'Starting' }])).toBe(false)
    expect(await rests(1, [{ state: 'Starting' }, anew])).toBe(false)
    expect(await rests(0, [anew, { desired: 'Destroyed' }])).toBe(false)
    expect(await rests(0, [{ ...anew, host: null }, {}])).toBe(true)
    expect(await rests(0, [{ ...anew, generation: 0 }, {}])).toBe(true)
    const failed = { remakes_wanted: 1_000, state: 'Error' }
    expect([await rests(0, [failed, failed]), await rests(1, [failed, failed])]).toEqual([false, true])
    expect(await rests(0, [failed, { state: 'Error' }])).toBe(true)
  })

  it('has a new guest known to both before it starts, the backup first', async () => {
    await settled(net)
    const routers = await routersOf(net)
    const generation = (router: Body): number => cloud.simulator.commits(String(router.linklocalip)).length
    const before = routers.map(generation)
    await deploy('b', net)
    for (const router of routers)
      expect(specOf(router).services.dhcp.subnets[0]?.reservations.map(({ hostname }) => hostname)).toEqual(['a', 'b'])
    expect(routers.map(generation)).toEqual(before.map((count) => count + 1))
  })

  it('goes to two hosts, one router after the other, when it is made anew', async () => {
    await addHost(1)
    await settled(net)
    const before = await routersOf(net)
    await run('restartNetwork', { id: net, cleanup: 'true' })
    const after = await routersOf(net)
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    expect(new Set(await hostsOf(net)).size).toBe(2)
    await settled(net)
    // Who served was made anew when the other one could take over, and is the backup now.
    const primary = (routers: readonly Body[]) => routers.find(({ redundantstate }) => redundantstate === 'PRIMARY')?.id
    expect(primary(await routersOf(net))).not.toBe(primary(before))
  })

  it('serves by one while the other cannot be, and is whole again on another host', async () => {
    await addHost(2)
    await settled(net)
    const routers = await routersOf(net)
    const lost = routers.find(({ redundantstate }) => redundantstate === 'PRIMARY') as Body
    const stays = routers.find(({ redundantstate }) => redundantstate === 'BACKUP') as Body
    const address = String(lost.linklocalip)
    let cuts = 0
    notice = (step) => {
      // Where it was it is no more, and nobody has written that down.
      if (step === 'router.fenced' && cuts++ === 0) throw new Error('cut by the test')
    }
    cloud.simulator.mute(address)
    await deploy('c', net)
    expect(specOf(stays).services.dhcp.subnets[0]?.reservations.map(({ hostname }) => hostname)).toContain('c')
    const back = await until('it is elsewhere', async () => {
      const [found] = await list('listRouters', 'router', { id: idOf(lost) })
      return found?.hostid !== lost.hostid ? found : undefined
    })
    expect(cuts).toBeGreaterThan(1)
    notice = () => {}
    expect([lost.hostid, stays.hostid]).not.toContain(back.hostid)
    // Its machine is gone, and what it held with it: an address that was given up meanwhile waits for nobody.
    const id = idOf(await run('associateIpAddress', { networkid: net }, 'ipaddress'))
    await run('disassociateIpAddress', { id })
    await until('the address is free', async () => {
      const held = await list('listPublicIpAddresses', 'publicipaddress', { allocatedonly: 'true' })
      return held.every((ip) => ip.id !== id)
    })
    cloud.simulator.mute(address, false)
    await settled(net)
    // Fenced: where it was it is no more.
    const { hostname } = (await list('listRouters', 'router', { id: idOf(lost) }))[0] ?? {}
    expect(machinesCalled(lost.name)).toHaveLength(1)
    expect(hostname).not.toBe(stays.hostname)
    expect((await routersOf(net)).map(({ state }) => state)).toEqual(['Running', 'Running'])
    expect(cloud.simulator.offences()).toEqual([])
  })

  const primaryOf = async (): Promise<Body> =>
    (await routersOf(net)).find(({ redundantstate }) => redundantstate === 'PRIMARY') ?? {}
  const alerts = async (): Promise<unknown[]> =>
    (await list('listAlerts', 'alert', { keyword: 'network pair' }))
      .filter(({ resolved }) => resolved === undefined)
      .map(({ name }) => name)

  it('becomes of a newer image, the backup first', async () => {
    const before = await primaryOf()
    await cloud.db
      .updateTable('template')
      .set({ image: 'c'.repeat(64) })
      .where('kind', '=', 'system')
      .execute()
    const { body } = await cloud.call('upgradeRouterTemplate', { zoneid: place.zoneid })
    const jobs = body.asyncjobs as { readonly jobid: string }[]
    expect(jobs).toHaveLength(2)
    for (const { jobid } of jobs)
      await until('the upgrade ended', async () => {
        const { body: job } = await cloud.call('queryAsyncJobResult', { jobid })
        if (job.jobstatus === 2) throw new Error(JSON.stringify(job.jobresult))
        return job.jobstatus === 1
      })
    await settled(net)
    expect((await routersOf(net)).map(({ requiresupgrade }) => requiresupgrade)).toEqual([false, false])
    expect((await primaryOf()).id).not.toBe(before.id)
  })

  it('gets the firmware of a newer image, the backup first, and in neither when it does not come up there', async () => {
    await settled(net)
    const [primary, backup] = (await routersOf(net)).toSorted((one) => (one.redundantstate === 'PRIMARY' ? -1 : 1))
    const { patches, breakImage } = cloud.simulator
    const of = (router: Body | undefined) => patches(String(router?.linklocalip))
    const publish = (image: string) =>
      cloud.db.updateTable('template').set({ image }).where('kind', '=', 'system').execute()
    const ended = (jobid: unknown): Promise<Body> =>
      until('the restart ended', async () => {
        const { body: job } = await cloud.call('queryAsyncJobResult', { jobid: String(jobid) })
        return job.jobstatus === 0 ? undefined : job
      })
    const restart = async (): Promise<Body> =>
      ended((await cloud.call('restartNetwork', { id: net, livepatch: 'true' })).body.jobid)
    const boots = () => [primary, backup].map((router) => machinesCalled(router?.name)[0]?.boots)
    const before = boots()
    const newer = '5'.repeat(64)
    await publish(newer)
    const sent: number[][] = []
    const [first, last] = [String(backup?.id), String(primary?.id)]
    notice = async (step) => {
      if (step !== 'router.firmware.sent') return
      sent.push([of(backup).length, of(primary).length])
      if (sent.length !== 1) return
      // While it is tried nobody answers for its role, and the other one is looked at as ever.
      for (let round = 0; round < 40; round++) {
        await cloud.db.updateTable('router').set({ redundant_state: 'UNKNOWN' }).where('id', '=', first).execute()
        if (round === 5) await cloud.jobs.wake(cloud.db, 'router', last)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      sent.push([of(backup).length, of(primary).length])
    }
    expect(await restart()).toMatchObject({ jobstatus: 1 })
    expect([of(backup), of(primary)]).toEqual([[newer], [newer]])
    expect(sent).toEqual([
      [1, 0],
      [1, 0],
      [1, 1],
    ])
    expect((await routersOf(net)).map(({ requiresupgrade }) => requiresupgrade)).toEqual([false, false])
    const broken = '4'.repeat(64)
    breakImage(broken)
    await publish(broken)
    let other: unknown
    notice = async (step) => {
      if (step === 'router.firmware.sent') other ??= (await cloud.call('restartNetwork', { id: net })).body.jobid
    }
    expect(await restart()).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('its old one serves') },
    })
    notice = () => {}
    // It asked for no firmware.
    expect(await ended(other)).toMatchObject({ jobstatus: 1 })
    expect([of(backup), of(primary)]).toEqual([[newer, broken], [newer]])
    await publish(newer)
    await until('it is well again', async () => (await restart()).jobstatus === 1)
    expect(boots()).toEqual(before)
    expect((await primaryOf()).id).toBe(primary?.id)
  })

  it('leaves a host that is emptied by way of the other one', async () => {
    const before = await primaryOf()
    const host = await run('prepareHostForMaintenance', { id: String(before.hostid) }, 'host')
    expect(host).toMatchObject({ resourcestate: 'Maintenance' })
    await settled(net)
    expect((await primaryOf()).id).not.toBe(before.id)
    expect(await hostsOf(net)).not.toContain(before.hostname)
    expect(new Set(await hostsOf(net)).size).toBe(2)
    await run('cancelHostMaintenance', { id: String(before.hostid) })
  })

  it('serves by one while the other is stopped', async () => {
    const stopped = await primaryOf()
    await run('stopRouter', { id: idOf(stopped) })
    await isStill()
    await deploy('d', net)
    await until('the other one serves', async () => (await rolesOf(net)) === 'PRIMARY,UNKNOWN')
    await run('startRouter', { id: idOf(stopped) })
    await settled(net)
    const reserved = (router: Body) =>
      specOf(router).services.dhcp.subnets[0]?.reservations.map(({ hostname }) => hostname)
    for (const router of await routersOf(net)) expect(reserved(router)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('is still while the other one cannot be made anew, and serves what is new', async () => {
    const hosts = (await list('listHosts', 'host', { type: 'Routing' })).map(idOf)
    const allow = async (allocationstate: string): Promise<void> => {
      for (const id of hosts) await run('updateHost', { id, allocationstate })
    }
    await allow('Disable')
    const { body } = await cloud.call('restartNetwork', { id: net, cleanup: 'true' })
    const failed = await until('the restart failed', async () => {
      const { body: job } = await cloud.call('queryAsyncJobResult', { jobid: String(body.jobid) })
      return job.jobstatus === 2 ? job : undefined
    })
    expect(failed.jobresult).toMatchObject({ errortext: expect.stringMatching(/room|capacity|host/i) })
    await isStill()
    expect((await primaryOf()).state).toBe('Running')
    await allow('Enable')
    await run('restartNetwork', { id: net, cleanup: 'true' })
    await settled(net)
    expect((await routersOf(net)).map(({ state }) => state)).toEqual(['Running', 'Running'])
  })

  it('gets another router for one that was destroyed', async () => {
    const gone = await primaryOf()
    await run('destroyRouter', { id: idOf(gone) })
    await settled(net)
    const routers = await routersOf(net)
    expect(routers).toHaveLength(2)
    expect(routers.map(({ id }) => id)).not.toContain(gone.id)
  })

  it('gets another machine for one that does not serve, in its turn and not again for a while', async () => {
    await settled(net)
    const before = await routersOf(net)
    const ill = before.find(({ redundantstate }) => redundantstate === 'PRIMARY')
    const remakes = (): Promise<unknown> =>
      cloud.db
        .selectFrom('router')
        .select(['remakes_done', 'ill_remakes'])
        .where('id', '=', idOf(ill))
        .executeTakeFirstOrThrow()
    const { remakes_done: done } = (await remakes()) as { remakes_done: number }
    const commits = (router: Body | undefined): number => cloud.simulator.commits(String(router?.linklocalip)).length
    const told = before.map(commits)
    cloud.simulator.ail(String(ill?.linklocalip), 'dns')
    await until('it was made anew', async () => {
      expect(await remakes()).toEqual({ remakes_done: done + 1, ill_remakes: 1 })
      return true
    })
    await settled(net)
    expect((await routersOf(net)).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    // The other one was left alone.
    const other = before.findIndex(({ id }) => id !== ill?.id)
    expect(commits(before[other])).toBe(told[other])
    const events = await list('listEvents', 'event', { type: 'ROUTER.STATE', pagesize: '500', page: '1' })
    expect(events.map(({ description }) => String(description)).join()).toContain('made anew: dns: it does not answer')
    // As ill as before: it must wait, and the other one does for it.
    cloud.simulator.ail(String(ill?.linklocalip), 'dns')
    const since = cloud.db.selectFrom('router').select('ill_since').where('id', '=', idOf(ill))
    await until('it is known to be ill for long', async () => {
      const { ill_since } = await since.executeTakeFirstOrThrow()
      return ill_since !== null && Date.now() - ill_since.getTime() > 3000
    })
    expect(await remakes()).toEqual({ remakes_done: done + 1, ill_remakes: 1 })
    cloud.simulator.ail(String(ill?.linklocalip), undefined)
  })

  it('raises an alert while both serve, and while none does', async () => {
    expect(await alerts()).toEqual([])
    const addresses = (await routersOf(net)).map(({ linklocalip }) => String(linklocalip))
    for (const [role, name] of [
      ['PRIMARY', 'Both routers of network pair serve'],
      ['FAULT', 'No router of network pair serves'],
    ] as const) {
      for (const address of addresses) cloud.simulator.role(address, role)
      await until(`an alert: ${name}`, async () => (await alerts()).join() === name)
    }
    for (const address of addresses) cloud.simulator.role(address, undefined)
    await settled(net)
    await until('it is over', async () => (await alerts()).length === 0)
    const told = await list('listEvents', 'event', { type: 'ROUTER.STATE', pagesize: '500', page: '1' })
    expect(told.map(({ description }) => String(description)).join()).toMatch(/was PRIMARY and is FAULT of two/)
  })

  it('goes with its network', async () => {
    for (const { id } of await list('listVirtualMachines', 'virtualmachine', { networkid: net }))
      await run('destroyVirtualMachine', { id: String(id), expunge: 'true' })
    await run('deleteNetwork', { id: net })
    expect(await list('listRouters', 'router')).toEqual([])
    expect(HOSTS.flatMap((url) => cloud.simulator.machines(url))).toEqual([])
    const held = await list('listPublicIpAddresses', 'publicipaddress', { allocatedonly: 'true' })
    expect(held).toEqual([])
  })
})

describe('a network of one router', () => {
  it('is joined by none while its own cannot be told, and is made anew only when the new one serves', async () => {
    const net = idOf(await network('mute', kinds.single))
    await deploy('m', net)
    const [alone] = await routersOf(net)
    const address = String(alone?.linklocalip)
    cloud.simulator.mute(address)
    const { body } = await cloud.call('restartNetwork', { id: net, makeredundant: 'true', cleanup: 'true' })
    const states = () => routersOf(net).then((routers) => routers.map(({ state }) => String(state)))
    await until('nobody reaches the old one', async () => (await states()).includes('Error'))
    const fresh = (await routersOf(net)).find(({ id }) => id !== alone?.id) as Body
    await until('the new one runs', async () => machinesCalled(fresh.name).some(({ state }) => state === 'running'))
    expect(cloud.simulator.commits(String(fresh.linklocalip))).toEqual([])
    expect(machinesCalled(alone?.name)).toHaveLength(1)
    const told = cloud.simulator.commits(address).length
    cloud.simulator.mute(address, false)
    await until('the restart ended', async () => {
      const { body: job } = await cloud.call('queryAsyncJobResult', { jobid: String(body.jobid) })
      if (job.jobstatus === 2) throw new Error(JSON.stringify(job.jobresult))
      return job.jobstatus === 1
    })
    await settled(net)
    expect(cloud.simulator.commits(address).length).toBeGreaterThan(told + 1)
    expect(cloud.simulator.offences()).toEqual([])
  })

  it('gets a second one', async () => {
    const net = idOf(await network('single', kinds.single))
    const guest = await deploy('s', net)
    expect(await routersOf(net)).toMatchObject([{ isredundantrouter: false, redundantstate: 'UNKNOWN' }])
    const [alone] = await routersOf(net)
    await run('restartNetwork', { id: net, makeredundant: 'true' })
    await settled(net)
    const routers = await routersOf(net)
    expect(routers.map(({ id }) => id)).toContain(alone?.id)
    expect(routers).toMatchObject([{ isredundantrouter: true }, { isredundantrouter: true }])
    const addresses = [...routers.map(({ guestipaddress }) => guestipaddress), '10.1.1.1', '10.1.1.2']
    expect(new Set(addresses).size).toBe(4)
    expect(guest.nic).toMatchObject([{ ipaddress: '10.1.1.2' }])
    expect(await list('listNetworks', 'network', { id: net })).toMatchObject([{ redundantrouter: true }])
  })

  it('is replaced by way of a second one that takes over', async () => {
    const net = idOf(await network('renewed', kinds.single))
    await deploy('r', net)
    const [old] = await routersOf(net)
    await run('restartNetwork', { id: net, cleanup: 'true' })
    const after = await routersOf(net)
    expect(after).toMatchObject([
      { state: 'Running', isredundantrouter: false, guestipaddress: '10.1.1.1', publicip: old?.publicip },
    ])
    expect(after[0]?.id).not.toBe(old?.id)
    const { services } = specOf(after[0] as Body)
    expect(services.redundancy).toBeUndefined()
    expect(services.dhcp.subnets[0]?.reservations.map(({ hostname }) => hostname)).toEqual(['r'])
    const next = await deploy('next', net)
    expect(next.nic).toMatchObject([{ gateway: '10.1.1.1' }])
    // Once more: whichever place it has now, the other one is free.
    await run('restartNetwork', { id: net, cleanup: 'true' })
    expect(await routersOf(net)).toMatchObject([{ state: 'Running', guestipaddress: '10.1.1.1' }])
  })

  const upgradeTo = async (image: string, router: string): Promise<Body> => {
    await cloud.db.updateTable('template').set({ image }).where('kind', '=', 'system').execute()
    const { body } = await cloud.call('upgradeRouterTemplate', { id: router })
    const [job] = body.asyncjobs as readonly Body[]
    return until('the upgrade ended', async () => {
      const { body: answer } = await cloud.call('queryAsyncJobResult', { jobid: String(job?.jobid) })
      return answer.jobstatus === 0 ? undefined : answer
    })
  }
  const wasPaused = async (net: string): Promise<boolean> => {
    const rows = await cloud.db.selectFrom('router').select('may_pause').where('network', '=', net).execute()
    return rows.some(({ may_pause }) => may_pause)
  }

  it('becomes of a newer image by way of a second one', async () => {
    const net = idOf(await network('newer', kinds.single))
    await deploy('u', net)
    const [old] = await routersOf(net)
    const renewals = steps.get('network.renewal') ?? 0
    expect(await upgradeTo('d'.repeat(64), idOf(old))).toMatchObject({ jobstatus: 1 })
    const alone = { state: 'Running', version: 'd'.repeat(12), guestipaddress: '10.1.1.1', requiresupgrade: false }
    const after = await until('it is alone', async () => {
      const routers = await routersOf(net)
      return routers.length === 1 && routers[0]?.guestipaddress === '10.1.1.1' ? routers : undefined
    })
    expect(after).toMatchObject([{ ...alone, publicip: old?.publicip }])
    expect(after[0]?.id).not.toBe(old?.id)
    expect(steps.get('network.renewal')).toBe(renewals + 1)
    expect(cloud.simulator.offences()).toEqual([])
  })

  it('keeps the one it has where that of the newer image does not come up', async () => {
    const [found] = await list('listNetworks', 'network', { keyword: 'newer' })
    const net = idOf(found)
    const [old] = await routersOf(net)
    cloud.simulator.breakImage('e'.repeat(64))
    const job = await upgradeTo('e'.repeat(64), idOf(old))
    expect(job).toMatchObject({ jobstatus: 2, jobresult: { errortext: expect.stringContaining('with the old one') } })
    await until('it is alone', async () => (await routersOf(net)).length === 1)
    await deploy('u2', net)
    expect(await routersOf(net)).toMatchObject([{ id: old?.id, version: 'd'.repeat(12), guestipaddress: '10.1.1.1' }])
    const names = specOf(old as Body).services.dhcp.subnets[0]?.reservations.map(({ hostname }) => hostname)
    expect(names).toEqual(['u', 'u2'])
    const { status, body } = await cloud.call('restartNetwork', { id: net, cleanup: 'true' })
    expect(status).toBe(200)
    const restart = await until('the restart ended', async () => {
      const { body: answer } = await cloud.call('queryAsyncJobResult', { jobid: String(body.jobid) })
      return answer.jobstatus === 0 ? undefined : answer
    })
    expect(restart).toMatchObject({ jobstatus: 2, jobresult: { errortext: expect.stringContaining('serves on') } })
    await until('it is alone', async () => (await routersOf(net)).length === 1)
    expect(await routersOf(net)).toMatchObject([{ id: old?.id, state: 'Running' }])
    await cloud.db
      .updateTable('template')
      .set({ image: 'd'.repeat(64) })
      .where('kind', '=', 'system')
      .execute()
  })

  it('leaves a host that is emptied by way of a second one of its own image', async () => {
    const [found] = await list('listNetworks', 'network', { keyword: 'newer' })
    const net = idOf(found)
    const [old] = await routersOf(net)
    const renewals = steps.get('network.renewal') ?? 0
    await cloud.db
      .updateTable('template')
      .set({ image: 'f'.repeat(64) })
      .where('kind', '=', 'system')
      .execute()
    const emptied = await run('prepareHostForMaintenance', { id: String(old?.hostid) }, 'host')
    expect(emptied).toMatchObject({ resourcestate: 'Maintenance' })
    const [after] = await until('it is alone', async () => {
      const routers = await routersOf(net)
      return routers.length === 1 && routers[0]?.guestipaddress === '10.1.1.1' ? routers : undefined
    })
    expect(after).toMatchObject({ state: 'Running', version: 'd'.repeat(12) })
    expect(after?.id).not.toBe(old?.id)
    expect(after?.hostid).not.toBe(old?.hostid)
    expect(steps.get('network.renewal')).toBeGreaterThan(renewals)
    expect(await wasPaused(net)).toBe(false)
    await run('cancelHostMaintenance', { id: String(old?.hostid) })
    await cloud.db
      .updateTable('template')
      .set({ image: 'd'.repeat(64) })
      .where('kind', '=', 'system')
      .execute()
  })

  it('is of the newest image by a restart that came while it left a host with its own', async () => {
    const [found] = await list('listNetworks', 'network', { keyword: 'newer' })
    const net = idOf(found)
    const [old] = await routersOf(net)
    const publish = (image: string) =>
      cloud.db.updateTable('template').set({ image }).where('kind', '=', 'system').execute()
    await publish('f'.repeat(64))
    let jobid: unknown
    notice = async (step) => {
      if (step !== 'network.renewal') return
      jobid ??= (await cloud.call('restartNetwork', { id: net, cleanup: 'true' })).body.jobid
    }
    await run('prepareHostForMaintenance', { id: String(old?.hostid) }, 'host')
    const job = await until('the restart ended', async () => {
      const { body: answer } = await cloud.call('queryAsyncJobResult', { jobid: String(jobid) })
      return answer.jobstatus === 0 ? undefined : answer
    })
    notice = () => {}
    expect(job).toMatchObject({ jobstatus: 1 })
    expect(await routersOf(net)).toMatchObject([{ state: 'Running', version: 'f'.repeat(12) }])
    await run('cancelHostMaintenance', { id: String(old?.hostid) })
    await publish('d'.repeat(64))
  })

  it('serves on where the new one never has all its connections, which a host that is emptied waits for no longer', async () => {
    const net = idOf(await network('late', kinds.single))
    await deploy('l', net)
    const [old] = await routersOf(net)
    const fresh: string[] = []
    /** Whoever comes beside another one has none of its connections. */
    notice = async (step) => {
      if (step !== 'network.renewal') return
      const { linklocal } = await cloud.db
        .selectFrom('router')
        .select('linklocal')
        .where('network', '=', net)
        .where('id', '<>', idOf(old))
        .executeTakeFirstOrThrow()
      fresh.push(linklocal)
      cloud.simulator.role(linklocal, 'BACKUP')
    }
    const { body } = await cloud.call('restartNetwork', { id: net, cleanup: 'true' })
    const job = await until('the restart ended', async () => {
      const { body: answer } = await cloud.call('queryAsyncJobResult', { jobid: String(body.jobid) })
      return answer.jobstatus === 0 ? undefined : answer
    })
    expect(job).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('for 4 s the new one') },
    })
    await until('it is alone again', async () => (await routersOf(net)).length === 1)
    expect(await routersOf(net)).toMatchObject([{ id: old?.id, state: 'Running', guestipaddress: '10.1.1.1' }])
    await run('prepareHostForMaintenance', { id: String(old?.hostid) }, 'host')
    notice = () => {}
    const [now] = await until('it is alone', async () => {
      const routers = await routersOf(net)
      return routers.length === 1 && routers[0]?.guestipaddress === '10.1.1.1' ? routers : undefined
    })
    for (const linklocal of fresh) cloud.simulator.role(linklocal, undefined)
    expect(now?.id).not.toBe(old?.id)
    expect(await wasPaused(net)).toBe(false)
    await run('cancelHostMaintenance', { id: String(old?.hostid) })
  })

  it('is replaced where it does not serve, and in place where it cannot be told of another one', async () => {
    const net = idOf(await network('ailing', kinds.single))
    await deploy('i', net)
    const [first] = await routersOf(net)
    const illness = () =>
      cloud.db.selectFrom('router').select(['id', 'ill_remakes', 'ill_remade']).where('network', '=', net).execute()
    cloud.simulator.ail(String(first?.linklocalip), 'dns')
    const second = await until('another one is alone', async () => {
      const routers = await routersOf(net)
      return routers.length === 1 && routers[0]?.guestipaddress === '10.1.1.1' && routers[0]?.id !== first?.id
        ? routers[0]
        : undefined
    })
    // The next one waits for what this one was made anew for.
    expect(await illness()).toMatchObject([{ id: second.id, ill_remakes: 1, ill_remade: expect.any(Date) }])
    await cloud.db.updateTable('router').set({ ill_remade: null }).where('id', '=', idOf(second)).execute()
    const generations = cloud.simulator.commits(String(second.linklocalip)).length
    cloud.simulator.refuse(String(second.linklocalip), 'redundancy')
    cloud.simulator.ail(String(second.linklocalip), 'dns')
    await until('it was made anew', async () => {
      const [row] = await cloud.db
        .selectFrom('router')
        .select(['remakes_wanted', 'remakes_done'])
        .where('id', '=', idOf(second))
        .execute()
      return row?.remakes_wanted === 1 && row.remakes_done === 1
    })
    cloud.simulator.refuse(String(second.linklocalip), undefined)
    await until('it serves', async () => (await routersOf(net)).map(({ state }) => state).join() === 'Running')
    expect(cloud.simulator.commits(String(second.linklocalip)).length).toBeGreaterThan(generations)
    cloud.simulator.ail(String(second.linklocalip), undefined)
  })

  it('serves on where it refuses to be one of two, and the restart says so', async () => {
    const net = idOf(await network('refusing', kinds.single))
    await deploy('n', net)
    const [old] = await routersOf(net)
    const address = String(old?.linklocalip)
    cloud.simulator.refuse(address, 'redundancy')
    const { body } = await cloud.call('restartNetwork', { id: net, cleanup: 'true' })
    const job = await until('the restart ended', async () => {
      const { body: answer } = await cloud.call('queryAsyncJobResult', { jobid: String(body.jobid) })
      return answer.jobstatus === 0 ? undefined : answer
    })
    expect(job).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('redundancy does not') },
    })
    await until('it is alone', async () => (await routersOf(net)).length === 1)
    await deploy('n2', net)
    expect(await routersOf(net)).toMatchObject([{ id: old?.id, state: 'Running', guestipaddress: '10.1.1.1' }])
    cloud.simulator.refuse(address, undefined)
  })

  it('is made anew as ever where there are no addresses for two, which it is refused', async () => {
    const small = { gateway: '10.9.0.1', netmask: '255.255.255.248', networkofferingid: kinds.single }
    const net = idOf(await run('createNetwork', { zoneid: place.zoneid, name: 'small', ...small }, 'network'))
    const guest = await deploy('f', net)
    const nicid = idOf((guest.nic as Body[])[0])
    for (const _ of [1, 2, 3]) await run('addIpToNic', { nicid })
    const [old] = await routersOf(net)
    const refused = async (command: string, params: Record<string, string>) => {
      const { status, body } = await cloud.call(command, { id: net, ...params })
      return { status, text: body.errortext }
    }
    expect(await refused('restartNetwork', { makeredundant: 'true', cleanup: 'true' })).toEqual({
      status: 533,
      text: 'Parameter makeredundant: two routers take 2 addresses of the network small, which has 1 left: destroy a guest of it.',
    })
    expect(await refused('updateNetwork', { networkofferingid: kinds.redundant })).toEqual({
      status: 533,
      text: expect.stringContaining('Parameter networkofferingid: two routers take 2 addresses'),
    })
    await run('restartNetwork', { id: net, cleanup: 'true' })
    const after = await routersOf(net)
    expect(after).toMatchObject([{ state: 'Running', guestipaddress: '10.9.0.1', publicip: old?.publicip }])
    expect(after[0]?.id).not.toBe(old?.id)
    // So it is of a newer image, and goes back to its own in place.
    const broken = '8'.repeat(64)
    cloud.simulator.breakImage(broken)
    expect(await upgradeTo(broken, idOf(after[0]))).toMatchObject({ jobstatus: 2 })
    expect(await upgradeTo('7'.repeat(64), idOf(after[0]))).toMatchObject({ jobstatus: 1 })
    expect(await routersOf(net)).toMatchObject([{ id: after[0]?.id, state: 'Running', version: '7'.repeat(12) }])
    // The one address that is left goes while it is to have two routers: it serves by one.
    await cloud.db.updateTable('network').set({ redundant: true }).where('id', '=', net).execute()
    await deploy('last', net)
    const names = specOf(after[0] as Body).services.dhcp.subnets[0]?.reservations.map(({ hostname }) => hostname)
    expect(names).toEqual(['f', 'last'])
    expect(await routersOf(net)).toHaveLength(1)
    await cloud.db.updateTable('network').set({ redundant: false }).where('id', '=', net).execute()
  })

  it('keeps it where no host has room for another one, were it gone or not', async () => {
    const net = idOf(await network('kept', kinds.single))
    await deploy('k', net)
    const [old] = await routersOf(net)
    const hosts = await list('listHosts', 'host', { type: 'Routing' })
    const allocation = async (allocationstate: string) => {
      for (const { id } of hosts) await run('updateHost', { id: String(id), allocationstate })
    }
    await allocation('Disable')
    const { body } = await cloud.call('restartNetwork', { id: net, cleanup: 'true' })
    const job = await until('the restart ended', async () => {
      const { body: answer } = await cloud.call('queryAsyncJobResult', { jobid: String(body.jobid) })
      return answer.jobstatus === 0 ? undefined : answer
    })
    expect(job).toMatchObject({ jobstatus: 2, jobresult: { errorcode: 533 } })
    await until('it is alone again', async () => {
      const routers = await routersOf(net)
      return routers.length === 1 && routers[0]?.guestipaddress === '10.1.1.1'
    })
    await allocation('Enable')
    await deploy('k2', net)
    expect(await routersOf(net)).toMatchObject([{ id: old?.id, state: 'Running', isredundantrouter: false }])
    const { services } = specOf(old as Body)
    expect(services.redundancy).toBeUndefined()
    expect(services.dhcp.subnets[0]?.reservations.map(({ hostname }) => hostname)).toEqual(['k', 'k2'])
    await run('restartNetwork', { id: net, cleanup: 'true' })
    expect((await routersOf(net))[0]?.id).not.toBe(old?.id)
  })

  it('gets two for good while it is being replaced', async () => {
    const [found] = await list('listNetworks', 'network', { keyword: 'single' })
    const net = idOf(found)
    const [first] = await routersOf(net)
    await cloud.db
      .updateTable('network')
      .set({ renews: idOf(first) })
      .where('id', '=', net)
      .execute()
    await run('restartNetwork', { id: net, makeredundant: 'true' })
    const { renews } = await cloud.db
      .selectFrom('network')
      .select('renews')
      .where('id', '=', net)
      .executeTakeFirstOrThrow()
    expect(renews).toBeNull()
    expect((await routersOf(net)).map(({ id }) => id)).toContain(first?.id)
  })

  it('gets a second one by its offering, and keeps it', async () => {
    const net = idOf(await network('offered', kinds.single))
    await deploy('o', net)
    const [alone] = await routersOf(net)
    await run('updateNetwork', { id: net, networkofferingid: kinds.redundant })
    await settled(net)
    // The one that served serves on, with the other one beside it.
    const serving = (await routersOf(net)).find(({ redundantstate }) => redundantstate === 'PRIMARY')
    expect(serving?.id).toBe(alone?.id)
    const { status, body } = await cloud.call('updateNetwork', { id: net, networkofferingid: kinds.single })
    expect({ status, text: body.errortext }).toEqual({
      status: 431,
      text: expect.stringContaining('one router has one router and two routers two, which a network keeps'),
    })
  })

  it('cannot where two cannot serve', async () => {
    const refused = async (name: string, more: Record<string, string>): Promise<unknown> => {
      const kind = { guestiptype: 'Isolated', traffictype: 'Guest', supportedservices: SERVICES }
      const { status, body } = await cloud.call('createNetworkOffering', { name, ...kind, ...TWO, ...more })
      return { status, text: body.errortext }
    }
    expect(await refused('six', { internetprotocol: 'DualStack' })).toEqual({
      status: 431,
      text: expect.stringContaining('two routers serve IPv4 only'),
    })
    const tier = { forvpc: 'true', supportedservices: 'Dhcp,Dns,SourceNat,NetworkACL' }
    expect(await refused('tier', tier)).toEqual({
      status: 431,
      text: expect.stringContaining('tiers are served by the routers of their VPC'),
    })
  })
})

describe('a VPC of two routers', () => {
  let vpc: string
  let offerings: { readonly vpc: string; readonly alone: string; readonly tier: string }

  const vpcOffering = async (name: string, more: Record<string, string>): Promise<string> =>
    idOf(await run('createVPCOffering', { name, supportedservices: TIER, enable: 'true', ...more }, 'vpcoffering'))
  const TIER = 'Dhcp,Dns,SourceNat,UserData,NetworkACL,PortForwarding,StaticNat,Lb'
  const tier = async (name: string, net: number): Promise<string> =>
    idOf(
      await run(
        'createNetwork',
        {
          zoneid: place.zoneid,
          vpcid: vpc,
          name,
          networkofferingid: offerings.tier,
          gateway: `10.9.${net}.1`,
          netmask: '255.255.255.0',
        },
        'network',
      ),
    )
  /** The one of rank `first` has the lower address on the link. */
  const routers = async (): Promise<Body[]> => {
    const found = await list('listRouters', 'router', { vpcid: vpc })
    const rank = (router: Body) => specOf(router)?.services.redundancy?.rank ?? ''
    return found.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
  }
  const primary = async (): Promise<Body> =>
    (await routers()).find(({ redundantstate }) => redundantstate === 'PRIMARY') ?? {}
  const whole = () =>
    until('one serves, the other could', async () => {
      const roles = (await routers()).map(({ redundantstate }) => redundantstate)
      return roles.sort().join() === 'BACKUP,PRIMARY'
    })
  const hosts = async (): Promise<number> => new Set((await routers()).map(({ hostid }) => hostid)).size
  const guestNics = (router: Body) =>
    specOf(router).services.interfaces.interfaces.filter(({ role }) => role !== 'control')

  beforeAll(async () => {
    const there = await list('listHosts', 'host', { type: 'Routing' })
    for (let which = there.length; which < HOSTS.length; which++) await addHost(which)
  })

  it('has roles before it has a tier', async () => {
    offerings = {
      vpc: idOf(
        (await list('listVPCOfferings', 'vpcoffering', { name: 'Redundant VPC offering', isdefault: 'true' }))[0],
      ),
      alone: await vpcOffering('one', {}),
      tier: idOf(
        await run(
          'createNetworkOffering',
          {
            name: 'tier',
            guestiptype: 'Isolated',
            traffictype: 'Guest',
            supportedservices: TIER,
            forvpc: 'true',
            enable: 'true',
          },
          'networkoffering',
        ),
      ),
    }
    const { zoneid } = place
    const made = await run(
      'createVPC',
      { zoneid, name: 'double', cidr: '10.9.0.0/16', vpcofferingid: offerings.vpc },
      'vpc',
    )
    vpc = idOf(made)
    expect(made).toMatchObject({ redundantvpcrouter: true })
    await whole()
    const [first, second] = await routers()
    expect([first, second]).toMatchObject([
      { isredundantrouter: true, state: 'Running' },
      { isredundantrouter: true, state: 'Running' },
    ])
    expect(first?.publicip).toMatch(/^203/)
    expect(second?.publicip).toBe(first?.publicip)
    expect(await hosts()).toBe(2)
    const link = (router: Body | undefined) => guestNics(router ?? {}).find(({ role }) => role === 'guest')
    expect([link(first), link(second)]).toMatchObject([
      { addresses: ['192.0.0.1/29'], own: ['192.0.0.2/29'] },
      { addresses: ['192.0.0.1/29'], own: ['192.0.0.3/29'] },
    ])
    expect(specOf(first ?? {}).services.redundancy?.peer).toEqual({ address: '192.0.0.3', mac: link(second)?.mac })
    expect(specOf(second ?? {}).services.redundancy?.peer).toEqual({ address: '192.0.0.2', mac: link(first)?.mac })
  })

  it('is refused where two cannot serve', async () => {
    const refusal = async (command: string, params: Record<string, string>): Promise<unknown> =>
      (await cloud.call(command, params)).body.errortext
    const dual = { name: 'dual', supportedservices: TIER, internetprotocol: 'DualStack', ...TWO }
    expect(await refusal('createVPCOffering', dual)).toMatch(/two routers serve IPv4 only/)
  })

  it('keeps its roles while a tier comes and goes', async () => {
    const before = await primary()
    // On a busy machine either may be UNKNOWN for a moment; the other one must never have served.
    const served = async (): Promise<readonly string[]> =>
      (await list('listEvents', 'event', { type: 'ROUTER.STATE', pagesize: '500', page: '1' }))
        .map(({ description }) => String(description))
        .filter((one) => / is (PRIMARY|FAULT) of two$/.test(one) && !one.includes(String(before.name)))
    const told = await served()
    const web = await tier('web', 1)
    await deploy('w', web)
    expect(await list('listNetworks', 'network', { id: web })).toMatchObject([{ redundantrouter: true }])
    const [first, second] = await routers()
    const own = (router: Body | undefined) =>
      guestNics(router ?? {}).flatMap((nic) => ('own' in nic ? (nic.own as string[]) : []))
    expect([own(first), own(second)]).toEqual([
      ['192.0.0.2/29', '10.9.1.3/24'],
      ['192.0.0.3/29', '10.9.1.4/24'],
    ])
    const gone = await tier('gone', 2)
    const guest = await deploy('g', gone)
    await run('destroyVirtualMachine', { id: idOf(guest), expunge: 'true' })
    await run('deleteNetwork', { id: gone })
    await whole()
    expect((await primary()).id).toBe(before.id)
    expect(guestNics(await primary()).map(({ role }) => role)).toEqual(['public', 'guest', 'guest'])
    expect(await served()).toEqual(told)
    const documents = (await routers()).map((router) => {
      const { interfaces: _, redundancy: __, ...rest } = specOf(router).services
      return rest
    })
    expect(documents[0]).toEqual(documents[1])
  })

  it('leads into the site by both, and says of a route once that it is there', async () => {
    const gateway = await run(
      'createPrivateGateway',
      { vpcid: vpc, ipaddress: '198.51.100.2', gateway: '198.51.100.1', netmask: '255.255.255.0', vlan: 'untagged' },
      'privategateway',
    )
    const route = await run('createStaticRoute', { gatewayid: idOf(gateway), cidr: '192.168.0.0/16' }, 'staticroute')
    expect(await list('listPrivateGateways', 'privategateway')).toMatchObject([{ state: 'Ready' }])
    expect(await list('listStaticRoutes', 'staticroute')).toMatchObject([{ state: 'Active' }])
    for (const router of await routers())
      expect(guestNics(router)).toContainEqual(
        expect.objectContaining({ role: 'private', addresses: ['198.51.100.2/24'], own: [] }),
      )
    await run('deleteStaticRoute', { id: idOf(route) })
    await run('deletePrivateGateway', { id: idOf(gateway) })
    await whole()
  })

  it('is made anew one after the other, and leaves a host that is emptied', async () => {
    const before = await primary()
    const ids = (await routers()).map(({ id }) => id)
    await run('restartVPC', { id: vpc, cleanup: 'true' })
    await whole()
    expect((await routers()).map(({ id }) => id)).toEqual(ids)
    const now = await primary()
    expect(now.id).not.toBe(before.id)
    await run('prepareHostForMaintenance', { id: String(now.hostid) }, 'host')
    await whole()
    expect((await routers()).map(({ hostid }) => hostid)).not.toContain(now.hostid)
    expect(await hosts()).toBe(2)
    await run('cancelHostMaintenance', { id: String(now.hostid) })
  })

  it('replaces a router that does not answer, on another host', async () => {
    const lost = await primary()
    const address = String(lost.linklocalip)
    cloud.simulator.mute(address)
    await deploy('meanwhile', idOf((await list('listNetworks', 'network', { vpcid: vpc }))[0]))
    await until('it is elsewhere', async () => {
      const [found] = await list('listRouters', 'router', { id: idOf(lost) })
      return found?.hostid !== lost.hostid
    })
    cloud.simulator.mute(address, false)
    await whole()
    expect(machinesCalled(lost.name)).toHaveLength(1)
    expect(await hosts()).toBe(2)
    expect(cloud.simulator.offences()).toEqual([])
  })

  it('goes with all that it had', async () => {
    for (const { id } of await list('listVirtualMachines', 'virtualmachine'))
      await run('destroyVirtualMachine', { id: String(id), expunge: 'true' })
    for (const { id } of await list('listNetworks', 'network', { vpcid: vpc }))
      await run('deleteNetwork', { id: String(id) })
    const names = (await routers()).map(({ name }) => name)
    await run('deleteVPC', { id: vpc })
    expect(await cloud.db.selectFrom('vpc_link_host').selectAll().execute()).toEqual([])
    expect(names.flatMap(machinesCalled)).toEqual([])
  })

  /** The row of its link, and the hosts that have its bridge. */
  const link = async (): Promise<unknown[]> => [
    ...(await cloud.db.selectFrom('vpc_link').select('vni').where('vpc', '=', vpc).execute()),
    ...(await cloud.db.selectFrom('vpc_link_host').select('host').where('vpc', '=', vpc).execute()),
  ]
  /** It has one router, which has the gateways' addresses, and no link any more. */
  const single = () =>
    until('it is alone', async () => {
      const found = await routers()
      const own = guestNics(found[0] ?? {}).some((nic) => 'own' in nic)
      return found.length === 1 && !own && (await link()).length === 0 ? found[0] : undefined
    })

  it('with one router has it replaced by way of a second one that takes over', async () => {
    const { zoneid } = place
    vpc = idOf(
      await run('createVPC', { zoneid, name: 'later', cidr: '10.9.0.0/16', vpcofferingid: offerings.alone }, 'vpc'),
    )
    const web = await tier('web', 1)
    await deploy('w', web)
    const old = await single()
    const renewals = steps.get('vpc.renewal') ?? 0
    for (const count of [1, 2]) {
      await run('restartVPC', { id: vpc, cleanup: 'true' })
      const now = await single()
      expect(steps.get('vpc.renewal')).toBe(renewals + count)
      expect(now).toMatchObject({ state: 'Running', isredundantrouter: false, publicip: old?.publicip })
      expect(now?.id).not.toBe(old?.id)
      expect(specOf(now ?? {}).services.redundancy).toBeUndefined()
      expect(guestNics(now ?? {})).toMatchObject([{ role: 'public' }, { role: 'guest', addresses: ['10.9.1.1/24'] }])
    }
    // The second one is asked for before the router that is left has given up its nic on the link.
    const { body: first } = await cloud.call('restartVPC', { id: vpc, cleanup: 'true' })
    const renews = async () =>
      (await cloud.db.selectFrom('vpc').select('renews').where('id', '=', vpc).executeTakeFirstOrThrow()).renews !==
      null
    await until('it is replaced', renews)
    while (await renews()) await new Promise((resolve) => setTimeout(resolve, 1))
    await run('restartVPC', { id: vpc, cleanup: 'true' })
    expect(specOf((await single()) ?? {}).services.redundancy).toBeUndefined()
    expect(steps.get('vpc.renewal')).toBe(renewals + 4)
    expect((await cloud.call('queryAsyncJobResult', { jobid: String(first.jobid) })).body.jobstatus).toBe(1)
    // A tier that comes later is served by the one that stayed.
    expect((await deploy('next', await tier('db', 2))).nic).toMatchObject([{ gateway: '10.9.2.1' }])
    expect(cloud.simulator.offences()).toEqual([])
  })

  it('with one router leaves a host that is emptied by way of a second one', async () => {
    const old = await single()
    await run('prepareHostForMaintenance', { id: String(old?.hostid) }, 'host')
    const now = await single()
    expect(now?.id).not.toBe(old?.id)
    expect(now?.hostid).not.toBe(old?.hostid)
    await run('cancelHostMaintenance', { id: String(old?.hostid) })
  })

  it('with one router keeps it where no host has room for another one', async () => {
    const old = await single()
    const hostIds = (await list('listHosts', 'host', { type: 'Routing' })).map(idOf)
    const allocation = async (allocationstate: string): Promise<void> => {
      for (const id of hostIds) await run('updateHost', { id, allocationstate })
    }
    await allocation('Disable')
    const { body } = await cloud.call('restartVPC', { id: vpc, cleanup: 'true' })
    const job = await until('the restart ended', async () => {
      const { body: answer } = await cloud.call('queryAsyncJobResult', { jobid: String(body.jobid) })
      return answer.jobstatus === 0 ? undefined : answer
    })
    expect(job).toMatchObject({
      jobstatus: 2,
      jobresult: { errorcode: 533, errortext: expect.stringContaining('another router of the VPC later') },
    })
    expect((await single())?.id).toBe(old?.id)
    await allocation('Enable')
  })

  it('is made of one router by makeredundant, which serves on', async () => {
    const alone = await single()
    expect(guestNics(alone ?? {}).map((nic) => 'own' in nic)).toEqual([false, false, false])
    await run('restartVPC', { id: vpc, makeredundant: 'true' })
    await whole()
    expect((await primary()).id).toBe(alone?.id)
    expect(await hosts()).toBe(2)
    expect(cloud.simulator.offences()).toEqual([])
  })
})
