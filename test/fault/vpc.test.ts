import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestCluster } from '../simulator/manager.ts'
import { openScene } from './manager/scene.ts'

const HOST = 'local:?netns=h1'
const TABLES = ['vpc', 'network', 'router', 'router_network', 'guest', 'nic', 'network_host', 'backoff'] as const

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const steps = ['vpc.router', 'network.nic', 'router.plugged', 'router.unplugged', 'vpc.cleared'] as const

it('a VPC is made and undone though one manager after the other is killed on the way', async () => {
  await using stage = await openScene(lab)
  const { client, db, simulator } = stage
  const deaths: string[] = []
  /** Whoever dies at a step is followed by one that dies at the next, and the last one lives. */
  const reign = async (): Promise<void> => {
    for (const step of steps) {
      const manager = await stage.run(step)
      if ((await manager.ended) === 'SIGKILL') deaths.push(step)
    }
    await stage.run()
  }
  const reigns = reign()
  const { id: vpc, job } = await client.createVpc('v1')
  expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
  const first = await client.createNetwork('t1', '10.0.1.0/24', '10.0.1.1', vpc)
  const second = await client.createNetwork('t2', '10.0.2.0/24', '10.0.2.1', vpc)
  const guests = [await client.deploy('a', first), await client.deploy('b', second)]
  for (const guest of guests) expect(await client.ended(guest.job)).toMatchObject({ jobstatus: 1 })
  const nics = () => simulator.machines(HOST).find(({ spec }) => spec.kind === 'system')?.spec.nics
  expect(
    nics()
      ?.map(({ bridge }) => bridge)
      .sort(),
  ).toEqual(['brvx-5001', 'brvx-5002', 'cloud0', 'cloudbr-public'])

  await client.ended(await client.change('guest', guests[1]?.id ?? '', { desired: 'Expunged' }))
  expect(await client.ended(await client.change('network', second, { state: 'Destroy' }))).toMatchObject({
    jobstatus: 1,
  })
  expect(nics()).toHaveLength(3)
  await client.ended(await client.change('guest', guests[0]?.id ?? '', { desired: 'Expunged' }))
  await client.ended(await client.change('network', first, { state: 'Destroy' }))
  expect(await client.ended(await client.change('vpc', vpc, { state: 'Inactive' }))).toMatchObject({ jobstatus: 1 })
  await reigns
  expect(deaths).toEqual(steps)

  expect(simulator.machines(HOST)).toEqual([])
  expect(simulator.bridges(HOST).map(({ bridge }) => bridge)).toEqual(['cloud0', 'cloudbr-public'])
  for (const table of TABLES) expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
  expect(await db.selectFrom('public_ip').select('id').where('allocated', 'is not', null).execute()).toEqual([])
  expect(simulator.offences()).toEqual([])
})
