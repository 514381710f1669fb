import { insertPrivateGateway, leavePrivateGateway } from '@sysvm/manager/model/privategateway'
import { releaseAddress } from '@sysvm/manager/model/release'
import { reviseVpc } from '@sysvm/manager/model/vpc'
import { sql } from 'kysely'
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

it('a private gateway and one more public side come and go though every manager is killed on the way', async () => {
  await using stage = await openScene(lab)
  const { client, db, simulator } = stage
  /** What is asked for while nobody manages; of those who see to it each dies at its step, and the last one lives. */
  const reach = async (vpc: string, deadly: readonly string[]): Promise<void> => {
    const job = await client.change('vpc', vpc, { displaytext: 'asked' })
    for (const step of deadly) expect(await (await stage.run(step)).ended).toBe('SIGKILL')
    const last = await stage.run()
    expect(await client.ended(job, 60_000)).toMatchObject({ jobstatus: 1 })
    await last.stop()
  }
  const bridges = () =>
    simulator
      .machines(HOST)
      .flatMap(({ spec }) => spec.nics.map(({ bridge }) => bridge))
      .sort()
  const { id: vpc } = await client.createVpc('v1')
  await reach(vpc, [])
  expect(bridges()).toEqual(['cloud0', 'cloudbr-public'])

  const [gateway, address] = await db.transaction().execute(async (trx) => {
    const site = await trx.selectFrom('physical_network').select(['id', 'zone']).executeTakeFirstOrThrow()
    const own = { physical_network: site.id, vlan: 'untagged', address: '172.16.0.2', gateway: '172.16.0.1' }
    const made = await insertPrivateGateway(trx, {
      vpc,
      netmask: '255.255.255.0',
      source_nat: false,
      acl: null,
      ...own,
    })
    const { rows } = await sql<{ id: string }>`
      with side as (insert into vlan_range (zone, physical_network, vlan, gateway, netmask, startip, endip)
        values (${site.zone}, ${site.id}, 'second', '198.51.100.1', '255.255.255.0', '198.51.100.5', '198.51.100.5')
        returning id)
      insert into public_ip (range, address, vpc, allocated) select id, '198.51.100.5', ${vpc}, now() from side
      returning id`.execute(trx)
    await reviseVpc(trx, vpc)
    return [made, rows[0]?.id ?? '']
  })
  await reach(vpc, ['router.plugged', 'router.committed'])
  expect(bridges()).toHaveLength(4)

  await db.transaction().execute(async (trx) => {
    const revision = await reviseVpc(trx, vpc)
    await leavePrivateGateway(trx, gateway)
    await releaseAddress(trx, address, { kind: 'vpc', id: vpc }, revision ?? 0)
  })
  await reach(vpc, ['router.confirmed', 'router.unplugged'])
  expect(bridges()).toEqual(['cloud0', 'cloudbr-public'])
  expect(await db.selectFrom('private_gateway').selectAll().execute()).toEqual([])
  const released = db.selectFrom('public_ip').select(['vpc', 'allocated', 'release_revision']).where('id', '=', address)
  expect(await released.execute()).toEqual([{ vpc: null, allocated: null, release_revision: null }])
  expect(simulator.offences()).toEqual([])
})
