import type { Socket } from 'node:net'
import type { Answer } from '@sysvm/manager/cli/client'
import { openHost } from '@sysvm/manager/hosts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../lab/index.ts'
import { type Cloud, createCloud, idOf, plan } from './cloud/index.ts'

const PORT = 9000

/** One connection for good: it ends when it is cut, and is not opened again. */
const TALK = `#!/bin/sh
(while :; do echo tick; sleep 0.2; done) | nc ${plan.site.address} ${PORT} &
`

let cloud: Cloud
let network: string
let ticks = 0
const connections = new Set<Socket>()

beforeAll(async () => {
  cloud = await createCloud('redundant', { driver: 'container', hosts: 2 })
  const server = await cloud.outside.listen(plan.site.address, PORT)
  cloud.lab.defer(async () => {
    for (const socket of connections) socket.destroy()
    server.close()
  })
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.on('error', () => {})
    socket.on('data', () => ticks++)
  })
  // Machines that other tests keep busy must not be taken for dead.
  await cloud.run('updateConfiguration', { name: 'router.redundant.advert.interval', value: '500' })
})
afterAll(() => cloud?.[Symbol.asyncDispose]())

const routers = (): Promise<readonly Answer[]> => cloud.list('listRouters', 'router', { networkid: network })
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

/** What the guest says from now on arrives, over the connection that it had. */
const goesOn = async (): Promise<void> => {
  const before = ticks
  await until('the guest is heard', async () => ticks > before + 5, { timeoutMs: cloud.patienceMs })
  expect(connections.size).toBe(1)
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
  network = idOf(await cloud.network('two'))
  await cloud.deploy('talker', network, TALK)
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
  await cloud.run('restartNetwork', { id: network, makeredundant: true })
  await whole()
  expect((await inRole('PRIMARY'))?.id).toBe(alone?.id)
  expect(new Set((await routers()).map(({ hostid }) => hostid)).size).toBe(2)
  await goesOn()
})

test('its guest’s connection outlives the router that serves, and the pair is whole again', async () => {
  const lost = await inRole('PRIMARY')
  if (lost === undefined) throw new Error('none serves')
  await kill(lost)
  await until('the other one serves', async () => ((await inRole('PRIMARY')) ?? lost).id !== lost.id, {
    timeoutMs: cloud.patienceMs,
  })
  await goesOn()
  await whole()
  expect((await inRole('BACKUP'))?.id).toBe(lost.id)
  await goesOn()
})

test('both are made anew, and the connection goes on', async () => {
  const before = await inRole('PRIMARY')
  await cloud.run('restartNetwork', { id: network, cleanup: true })
  await whole()
  expect((await inRole('PRIMARY'))?.id).not.toBe(before?.id)
  await goesOn()
})
