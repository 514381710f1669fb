import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Answer } from '@sysvm/manager/cli/client'
import { openHost } from '@sysvm/manager/hosts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Namespace, until } from '../lab/index.ts'
import { type Everything, haveEverything } from './cloud/everything.ts'
import { type Cloud, createCloud, idOf, plan } from './cloud/index.ts'
import { withNewerFirmware } from './cloud/newer-firmware.ts'

const PORT = 9000

/** One connection for good to each: it ends when it is cut, and is not opened again. */
const talkTo = (...addresses: readonly string[]): string =>
  ['#!/bin/sh', ...addresses.map((one) => `(while :; do echo tick; sleep 0.2; done) | nc ${one} ${PORT} &`), ''].join(
    '\n',
  )

/** What is heard at an address. */
interface Heard {
  ticks: number
  readonly connections: Set<Socket>
}

let cloud: Cloud
let outside: Heard
/** Whose routers are looked at. */
let scope: { readonly networkid: string } | { readonly vpcid: string }

const hear = async (at: Namespace, address: string): Promise<Heard> => {
  const heard: Heard = { ticks: 0, connections: new Set() }
  const server = await at.listen(address, PORT)
  cloud.lab.defer(async () => {
    for (const socket of heard.connections) socket.destroy()
    server.close()
  })
  server.on('connection', (socket) => {
    heard.connections.add(socket)
    socket.on('error', () => {})
    socket.on('data', () => heard.ticks++)
  })
  return heard
}

beforeAll(async () => {
  cloud = await createCloud('redundant', { driver: 'container', hosts: 2 })
  outside = await hear(cloud.outside, plan.site.address)
  // Machines that other tests keep busy must not be taken for dead.
  await cloud.run('updateConfiguration', { name: 'router.redundant.advert.interval', value: '500' })
})
afterAll(() => cloud?.[Symbol.asyncDispose]())

const ofScope = (): string => ('vpcid' in scope ? scope.vpcid : scope.networkid)
const routers = (): Promise<readonly Answer[]> => cloud.list('listRouters', 'router', scope)
const inRole = async (role: string): Promise<Answer | undefined> =>
  (await routers()).find(({ redundantstate }) => redundantstate === role)
const whole = () =>
  until(
    'one serves and the other could',
    async () => {
      const roles = (await routers()).map(({ redundantstate }) => redundantstate)
      if (roles.toSorted().join() === 'BACKUP,PRIMARY') return true
      throw new Error(JSON.stringify(await routers()))
    },
    { timeoutMs: cloud.patienceMs },
  )

/** What the guest says from now on arrives, over the connection that it had; of several guests, each over its own. */
const goesOn = async (heard = outside, guests = 1): Promise<void> => {
  const before = heard.ticks
  await until('the guest is heard', async () => heard.ticks > before + 5 * guests, { timeoutMs: cloud.patienceMs })
  expect(heard.connections.size).toBe(guests)
}

/** Cuts the power of a router's machine, behind the manager's back. */
const kill = async (router: Answer): Promise<void> => {
  const [row] = await cloud.list('listHosts', 'host', { id: String(router.hostid) })
  const host = cloud.hosts.find(({ address }) => address === row?.ipaddress)
  if (host === undefined) throw new Error(`no host of ${JSON.stringify(router)}`)
  const driver = openHost(host.url, { driver: 'container', ...host.options(host.namespace) })
  await driver.stopMachine(String(router.name), { forced: true })
  await driver.close()
}

test('the one router of a network is replaced while its guest talks', async () => {
  const network = idOf(await cloud.network('two'))
  scope = { networkid: network }
  await cloud.deploy('talker', network, talkTo(plan.site.address))
  await goesOn()
  const [old] = await routers()
  await cloud.run('restartNetwork', { id: network, cleanup: true })
  const now = await routers()
  expect(now).toMatchObject([{ state: 'Running', guestipaddress: '10.1.1.1' }])
  expect(now[0]?.id).not.toBe(old?.id)
  await goesOn()
})

test('a network of one router gets a second one on another host', async () => {
  const [alone] = await routers()
  await cloud.run('restartNetwork', { id: ofScope(), makeredundant: true })
  await whole()
  expect((await inRole('PRIMARY'))?.id).toBe(alone?.id)
  expect(new Set((await routers()).map(({ hostid }) => hostid)).size).toBe(2)
  await goesOn()
})

/** Of all waits of a take-over together, in milliseconds. */
const FAIL_OVER_MS = 300_000

/** The one that serves is cut off from its power, and comes back as the backup. */
const failOver = async (stillHeard: () => Promise<void>): Promise<void> => {
  await whole()
  const lost = await inRole('PRIMARY')
  if (lost === undefined) throw new Error('none serves')
  await kill(lost)
  await until('the other one serves', async () => ((await inRole('PRIMARY')) ?? lost).id !== lost.id, {
    timeoutMs: cloud.patienceMs,
  })
  await stillHeard()
  await whole()
  expect((await inRole('BACKUP'))?.id).toBe(lost.id)
  await stillHeard()
}

test(
  'its guest’s connection outlives the router that serves, and the pair is whole again',
  () => failOver(() => goesOn()),
  FAIL_OVER_MS,
)

test('both are made anew, and the connection goes on', async () => {
  const before = await inRole('PRIMARY')
  await cloud.run('restartNetwork', { id: ofScope(), cleanup: true })
  await whole()
  expect((await inRole('PRIMARY'))?.id).not.toBe(before?.id)
  await goesOn()
})

describe('a VPC of two routers', () => {
  /** A network of the site that only its private gateway leads to. */
  const site = { bridge: 'cloudbr-private', near: '172.16.0.1', router: '172.16.0.2', far: '192.168.77.7' } as const
  let far: Heard
  let vpcid: string

  const tier = async (name: string, net: number, list?: string): Promise<string> => {
    const [offering] = await cloud.list('listNetworkOfferings', 'networkoffering', {
      name: 'DefaultIsolatedNetworkOfferingForVpcNetworks',
    })
    const [acl] = await cloud.list('listNetworkACLLists', 'networkacllist', { name: 'default_allow' })
    const at = { zoneid: cloud.zone, vpcid, gateway: `10.9.${net}.1`, netmask: '255.255.255.0' }
    const kind = { networkofferingid: String(offering?.id), aclid: list ?? String(acl?.id) }
    return idOf(await cloud.run('createNetwork', { name, ...kind, ...at }))
  }
  const bothGoOn = async (): Promise<void> => {
    // The guest of the network still talks, too.
    await goesOn(outside, guests)
    await goesOn(far)
  }
  let guests = 1

  beforeAll(async () => {
    const office = await cloud.lab.namespace('office')
    await office.bridge('lan')
    for (const [index, { namespace }] of cloud.hosts.entries()) {
      await namespace.bridge(site.bridge)
      await cloud.lab.link(
        { at: office, device: `site${index}`, bridge: 'lan' },
        { at: namespace, device: 'office', bridge: site.bridge },
      )
    }
    await office.address('lan', `${site.near}/24`)
    await office.address('lo', `${site.far}/32`)
    await office.route('10.9.0.0/16', site.router)
    far = await hear(office, site.far)
    guests = outside.connections.size + 1
  })

  test('its one router is replaced while its guest talks, to the site as well', async () => {
    const [offering] = await cloud.list('listVPCOfferings', 'vpcoffering', { name: 'Default VPC offering' })
    const at = { zoneid: cloud.zone, vpcofferingid: String(offering?.id) }
    vpcid = idOf(await cloud.run('createVPC', { name: 'double', cidr: '10.9.0.0/16', ...at }))
    scope = { vpcid }
    const [gateway, route] = [
      { ipaddress: site.router, gateway: site.near, netmask: '255.255.255.0', vlan: 'untagged' },
      { cidr: '192.168.77.0/24' },
    ]
    const made = await cloud.run('createPrivateGateway', { vpcid, ...gateway })
    await cloud.run('createStaticRoute', { gatewayid: idOf(made), ...route })
    await cloud.deploy('inside', await tier('web', 1), talkTo(plan.site.address, site.far))
    await bothGoOn()
    const [old] = await routers()
    await cloud.run('restartVPC', { id: vpcid, cleanup: true })
    const now = await routers()
    expect(now).toMatchObject([{ state: 'Running', isredundantrouter: false }])
    expect(now[0]?.id).not.toBe(old?.id)
    await bothGoOn()
  })

  test('gets a second one on another host', async () => {
    const [alone] = await routers()
    await cloud.run('restartVPC', { id: vpcid, makeredundant: true })
    await whole()
    expect((await inRole('PRIMARY'))?.id).toBe(alone?.id)
    expect(new Set((await routers()).map(({ hostid }) => hostid)).size).toBe(2)
    await bothGoOn()
  })

  let everything: Everything

  test('forwards, balances, and leads to another site by a tunnel', async () => {
    const vpc = { id: vpcid, cidr: '10.9.0.0/16', address: '10.9.3.10' }
    everything = await haveEverything(cloud, vpc, (list) => tier('app', 3, list))
    await everything.works()
  })

  test(
    'all that its guests have outlives the router that serves, and their connections do, to the site as well',
    async () => {
      const tunnel = await everything.tunnel()
      expect(tunnel).not.toBe('')
      await failOver(async () => {
        await bothGoOn()
        await everything.works()
      })
      expect(await everything.tunnel()).not.toBe(tunnel)
      await everything.boots('born')
    },
    FAIL_OVER_MS,
  )

  test('a tier that comes and goes changes no role', async () => {
    const told = async () =>
      (await cloud.list('listEvents', 'event', { type: 'ROUTER.STATE', pagesize: 500, page: 1 })).map(
        ({ description }) => description,
      )
    const before = await told()
    const id = await tier('late', 2)
    const guest = await cloud.deploy('late', id)
    await bothGoOn()
    await cloud.run('destroyVirtualMachine', { id: idOf(guest), expunge: true })
    await cloud.run('deleteNetwork', { id })
    await bothGoOn()
    expect(await told()).toEqual(before)
  })

  test('both are made anew, and the connections go on', async () => {
    const before = await inRole('PRIMARY')
    await cloud.run('restartVPC', { id: vpcid, cleanup: true })
    await whole()
    expect((await inRole('PRIMARY'))?.id).not.toBe(before?.id)
    await bothGoOn()
    await everything.works()
  })

  test('both get newer firmware while they run, and the connections go on', async () => {
    /** What each runs, since which boot, in which role. */
    const states = async () => {
      const found = (await routers()).map(async ({ id, redundantstate, version }) => {
        const { routerstatus: status } = await cloud.client.call('getRouterStatus', { id: String(id) })
        const { bootId, patch } = status as { readonly bootId: string; readonly patch: { readonly running: unknown } }
        return { id, redundantstate, version, bootId, running: patch.running }
      })
      return (await Promise.all(found)).toSorted((one, two) => (String(one.id) < String(two.id) ? -1 : 1))
    }
    const before = await states()
    const { folder, hash } = await withNewerFirmware(join(cloud.lab.directory, 'newer'))
    await cloud.manager.kill()
    await cloud.manager.start({ SYSVM_IMAGES: folder })
    await whole()
    await cloud.run('restartVPC', { id: vpcid, livepatch: true })
    const running = expect.objectContaining({ image: hash, trial: false })
    const version = hash.slice(0, 12)
    expect(await states()).toEqual(before.map((one) => ({ ...one, version, running })))
    await bothGoOn()
  })
})
