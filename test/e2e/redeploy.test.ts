import { type Answer, listOf } from '@sysvm/manager/cli/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../lab/index.ts'
import { heldBy, wantedOn } from './cloud/held.ts'
import { type Cloud, createCloud, idOf } from './cloud/index.ts'
import { moreLoops, watchGaps } from './cloud/loops.ts'
import { fetchForever } from './cloud/scripts.ts'

let cloud: Cloud
let network: string
let steady: string
let noGap: () => Promise<void>
const rounds = 3
/** Guests that come in each. */
const atOnce = 3

const list = async (command: string, object: string, parameters = {}): Promise<Answer[]> =>
  listOf(await cloud.client.call(command, parameters), object)

const expunge = (id: string) => cloud.client.run('destroyVirtualMachine', { id, expunge: true })

/** The guest has the address that the API says, and no living guest has the same. */
const addressed = async (id: string): Promise<string> => {
  const leased = (await cloud.fact(id, 'address')).split('/')[0] ?? ''
  expect(leased).toBe((await cloud.guest(id)).ipaddress)
  return leased
}

/** A network that lives for one guest only. */
const comeAndGo = async (round: number): Promise<void> => {
  const passing = idOf(await cloud.network(`passing-${round}`, '10.1.2.1'))
  const guest = idOf(await cloud.deploy(`passing-${round}`, passing))
  expect(await addressed(guest)).toMatch(/^10\.1\.2\./)
  await expunge(guest)
  await cloud.client.run('deleteNetwork', { id: passing })
}

/** What hosts hold, public addresses and jobs are those of what exists, as soon as everything has settled. */
const expectNothingElse = async (): Promise<void> => {
  for (const host of cloud.hosts)
    await until(
      `${host.name} holds exactly what exists`,
      async () => {
        expect(await heldBy(cloud, host)).toEqual(await wantedOn(cloud, host))
        return true
      },
      { timeoutMs: cloud.patienceMs, everyMs: 300 },
    )
  const routers = await list('listRouters', 'router')
  const taken = await list('listPublicIpAddresses', 'publicipaddress')
  expect(taken.map(({ ipaddress }) => ipaddress).sort()).toEqual(routers.map(({ publicip }) => publicip).sort())
  expect(await list('listAsyncJobs', 'asyncjobs')).toEqual([])
}

describe('destroying and deploying while a guest works', () => {
  beforeAll(async () => {
    cloud = await createCloud('redeploy', { driver: 'container', hosts: 2 })
    network = idOf(await cloud.network('busy'))
    steady = idOf(await cloud.deploy('steady', network, fetchForever('container')))
    await moreLoops(cloud)
    noGap = watchGaps(cloud)
  })
  afterAll(() => cloud?.[Symbol.asyncDispose]())

  test('it loses no fetch, and every guest has an address of its own', async () => {
    const own = await addressed(steady)
    let leaving: string[] = []
    for (let round = 1; round <= rounds; round++) {
      const [arrived] = await Promise.all([
        Promise.all(
          Array.from({ length: atOnce }, async (_, index) =>
            idOf(await cloud.deploy(`guest-${round}-${index}`, network)),
          ),
        ),
        Promise.all(leaving.map(expunge)),
        comeAndGo(round),
      ])
      const addresses = await Promise.all(arrived.map(addressed))
      expect(new Set([own, ...addresses]).size).toBe(atOnce + 1)
      leaving = arrived
    }
    await noGap()
    expect(await list('listVirtualMachines', 'virtualmachine')).toHaveLength(atOnce + 1)
  })

  test('nothing is left of what was destroyed', () => expectNothingElse())

  test('its network is restarted while guests come and go, and it goes on', async () => {
    const before = await cloud.router(network)
    const others = (await list('listVirtualMachines', 'virtualmachine')).map(idOf).filter((id) => id !== steady)
    const [arrived] = await Promise.all([
      cloud.deploy('late', network).then(idOf),
      cloud.client.run('restartNetwork', { id: network, cleanup: true }),
      ...others.map(expunge),
    ])
    const after = await cloud.router(network)
    expect([after.id === before.id, after.publicip]).toEqual([false, before.publicip])
    await addressed(arrived)
    await moreLoops(cloud)
    await expectNothingElse()
  })

  test('when all is deleted, nothing is left', async () => {
    const guests = (await list('listVirtualMachines', 'virtualmachine')).map(idOf)
    expect(guests).toContain(steady)
    await Promise.all(guests.map(expunge))
    await cloud.client.run('deleteNetwork', { id: network })
    for (const [command, object] of [
      ['listVirtualMachines', 'virtualmachine'],
      ['listRouters', 'router'],
      ['listNetworks', 'network'],
      ['listPublicIpAddresses', 'publicipaddress'],
      ['listAsyncJobs', 'asyncjobs'],
    ] as const)
      expect(await list(command, object), command).toEqual([])
    const nothing = { machines: [], folders: [], namespaces: [], bridges: [], ports: 0, processes: 0 }
    for (const host of cloud.hosts) expect(await heldBy(cloud, host)).toEqual(nothing)
  })
})
