import { dueHealth, type IllRule, remakeIll, saveHealth } from '@sysvm/manager/model/ill-routers'
import { duePairs, saveRoles } from '@sysvm/manager/model/redundancy'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { freshDatabase, makeCloud } from '../simulator/cloud.ts'
import { openTestCluster } from '../simulator/manager.ts'

const RULE: IllRule = { readSeconds: 60, illSeconds: 300, pauseSeconds: 1800, mostPauseSeconds: 7200 }

let lab: Awaited<ReturnType<typeof openTestCluster>>
let fresh: Awaited<ReturnType<typeof freshDatabase>>
let network: string
let host: string
let ill: string
let well: string

beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab?.remove())
beforeEach(async () => {
  fresh = await freshDatabase(lab.cluster.url)
  const { db } = fresh
  const cloud = await makeCloud(db)
  host = cloud.hosts[0] ?? ''
  await db.updateTable('host').set({ state: 'Up' }).where('id', '=', host).execute()
  const { rows } = await sql<{ id: string }>`
    insert into network (zone, physical_network, offering, name, displaytext, cidr, gateway, networkdomain, redundant)
    select ${cloud.zone}, ${cloud.physicalNetwork}, id, 'n', '', '10.1.1.0/24', '10.1.1.1', 'x', true
    from network_offering limit 1 returning id`.execute(db)
  network = rows[0]?.id ?? ''
  const router = async (rank: string, linklocal: string, role: string): Promise<string> => {
    const made = await sql<{ id: string }>`
      insert into router (zone, network, host, rank, linklocal, host_key_private, host_key_public, state, generation, redundant_state)
      values (${cloud.zone}, ${network}, ${host}, ${rank}, ${linklocal}, '', '', 'Running', 1, ${role}) returning id`.execute(
      db,
    )
    return made.rows[0]?.id ?? ''
  }
  ill = await router('first', '169.254.1.5', 'BACKUP')
  well = await router('second', '169.254.1.6', 'PRIMARY')
  await saveHealth(db, ill, true, RULE)
  await saveHealth(db, well, false, RULE)
})
afterEach(() => fresh.drop())

/** As if so many seconds had passed, in which the other one went on to be asked. */
const pass = async (seconds: number): Promise<void> => {
  const earlier = (column: string) => sql`${sql.ref(column)} = ${sql.ref(column)} - make_interval(secs => ${seconds})`
  await sql`update router set ${earlier('ill_since')}, ${earlier('ill_remade')}, ${earlier('roles_told_since')}`.execute(
    fresh.db,
  )
}
const set = async (id: string, values: Record<string, unknown>): Promise<void> => {
  for (const [column, value] of Object.entries(values))
    await sql`update router set ${sql.ref(column)} = ${value} where id = ${id}`.execute(fresh.db)
}
const remake = (id = ill): Promise<boolean> =>
  fresh.db.transaction().execute((trx) => remakeIll(trx, id, 'dns: it does not answer', RULE))
const finish = async (): Promise<void> => set(ill, { remakes_done: sql`remakes_wanted` })

it('makes one anew that has not served for long, once, and says why', async () => {
  await pass(299)
  expect(await remake()).toBe(false)
  await pass(2)
  expect(await remake(well)).toBe(false)
  expect(await remake()).toBe(true)
  // It is under way.
  await saveHealth(fresh.db, ill, true, RULE)
  await pass(400)
  expect(await remake()).toBe(false)
  const { rows } = await sql<{ description: string }>`
    select description from event where description like '%made anew%'`.execute(fresh.db)
  expect(rows.map(({ description }) => description)).toEqual([
    expect.stringMatching(/^router r-\d+-VM does not serve and is made anew: dns: it does not answer$/),
  ])
})

it('leaves it alone while the other one could not serve, is ill or was not asked, is made anew, or was', async () => {
  await pass(400)
  const { db } = fresh
  for (const [not, so] of [
    [{ redundant_state: 'FAULT' }, { redundant_state: 'PRIMARY' }],
    [{ state: 'Error' }, { state: 'Running' }],
    [{ remakes_wanted: 1 }, { remakes_wanted: 0 }],
    [{ ill_since: new Date() }, { ill_since: null }],
    [{ health_read: new Date(Date.now() - 600_000) }, { health_read: new Date() }],
    [{ ill_remade: new Date(Date.now() - 1_700_000) }, { ill_remade: null }],
  ]) {
    await set(well, not ?? {})
    expect([not, await remake()]).toEqual([not, false])
    await set(well, so ?? {})
  }
  await sql`update network set renews = ${well}`.execute(db)
  expect(await remake()).toBe(false)
  await sql`update network set renews = null`.execute(db)
  // A primary that is ill as soon as the other one could take over.
  await set(ill, { redundant_state: 'PRIMARY' })
  await set(well, { redundant_state: 'UNKNOWN' })
  expect(await remake()).toBe(false)
  await set(well, { redundant_state: 'BACKUP' })
  expect(await remake()).toBe(true)
})

it('waits longer each time, and begins anew once it has served for long', async () => {
  const waited: number[] = []
  for (let time = 0; time < 5; time++) {
    let seconds = 0
    for (; !(await remake()); seconds += 600) await pass(600)
    waited.push(seconds)
    await finish()
    await saveHealth(fresh.db, ill, true, RULE)
  }
  expect(waited).toEqual([600, 1800, 3600, 7200, 7200])
  await saveHealth(fresh.db, ill, false, RULE)
  await pass(15_000)
  // That it says nothing is no sign of health.
  await saveHealth(fresh.db, ill, undefined, RULE)
  const remakes = async (): Promise<number | undefined> =>
    (await fresh.db.selectFrom('router').select('ill_remakes').where('id', '=', ill).executeTakeFirst())?.ill_remakes
  expect(await remakes()).toBe(5)
  await saveHealth(fresh.db, ill, false, RULE)
  expect(await remakes()).toBe(0)
})

it('one that says nothing between is still ill, one that serves is not', async () => {
  await pass(200)
  await saveHealth(fresh.db, ill, undefined, RULE)
  await pass(101)
  await saveHealth(fresh.db, ill, true, RULE)
  await set(ill, { redundant_state: 'BACKUP' })
  expect(await fresh.db.transaction().execute((trx) => remakeIll(trx, ill, 'x', { ...RULE, illSeconds: 302 }))).toBe(
    false,
  )
  await saveHealth(fresh.db, ill, false, RULE)
  await saveHealth(fresh.db, ill, true, RULE)
  expect(await remake()).toBe(false)
})

it('makes one anew that is alone, in the same rhythm, unless it is to have another one or is being replaced', async () => {
  const { db } = fresh
  await pass(400)
  await sql`delete from router where id = ${well}`.execute(db)
  expect(await remake()).toBe(false)
  await sql`update network set redundant = false, renews = ${ill}`.execute(db)
  expect(await remake()).toBe(false)
  await sql`update network set renews = null`.execute(db)
  expect(await remake()).toBe(true)
  await finish()
  await saveHealth(db, ill, true, RULE)
  await pass(1700)
  expect(await remake()).toBe(false)
  await pass(101)
  expect(await remake()).toBe(true)
})

it('makes none anew while many others were: what they have in common is no matter of machines', async () => {
  const { db } = fresh
  await sql`
    with made as (
      insert into network (zone, physical_network, offering, name, displaytext, cidr, gateway, networkdomain)
      select zone, physical_network, offering, 'n' || i, '', cidr, gateway, 'x'
      from network, generate_series(1, 5) i where network.id = ${network} returning id, zone)
    insert into router (zone, network, linklocal, host_key_private, host_key_public, ill_remade)
    select zone, id, ('169.254.2.' || row_number() over ())::inet, '', '', now() from made`.execute(db)
  await pass(301)
  expect(await remake()).toBe(false)
  await sql`delete from router where linklocal = '169.254.2.5'`.execute(db)
  expect(await remake()).toBe(true)
})

it('asks those that run and were not asked for a while', async () => {
  const { db } = fresh
  expect(await dueHealth(db, RULE)).toEqual([])
  await set(ill, { health_read: new Date(Date.now() - 61_000) })
  await set(well, { health_read: null })
  expect(await dueHealth(db, RULE)).toEqual([well, ill])
  await db.updateTable('host').set({ state: 'Alert' }).where('id', '=', host).execute()
  expect(await dueHealth(db, RULE)).toEqual([])
  await db.updateTable('host').set({ state: 'Up' }).where('id', '=', host).execute()
  await set(well, { state: 'Starting' })
  expect(await dueHealth(db, RULE)).toEqual([ill])
  // Also one that is alone.
  await sql`delete from router where id = ${well}`.execute(db)
  expect(await dueHealth(db, RULE)).toEqual([ill])
  await saveHealth(db, ill, false, RULE)
  expect(await dueHealth(db, RULE)).toEqual([])
})

it('writes roles down, of counts what fits, and reads pairs again when they are due', async () => {
  const { db } = fresh
  expect(JSON.stringify(await duePairs(db, 2))).toContain(network)
  const told = { state: 'BACKUP', own: 5_000_000_000, peer: null } as const
  await saveRoles(db, [
    { router: ill, ...told },
    { router: well, ...told, own: 1, peer: 2 },
  ])
  const { rows } = await sql`select flows_own, flows_peer, redundant_state from router order by linklocal`.execute(db)
  expect(rows).toEqual([
    { flows_own: 2_147_483_647, flows_peer: null, redundant_state: 'BACKUP' },
    { flows_own: 1, flows_peer: 2, redundant_state: 'BACKUP' },
  ])
  expect(await duePairs(db, 2)).toEqual([])
  await set(well, { role_read: new Date(Date.now() - 3000) })
  expect(JSON.stringify(await duePairs(db, 2))).toContain(network)
})

it('tells of a router whose role changes again and again ten times in ten minutes, and that it does', async () => {
  const changes = async (): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int from event where type = 'ROUTER.STATE' and description like '%role%'
        or type = 'ROUTER.STATE' and description like '% of two'`.execute(fresh.db)
    return rows[0]?.count ?? 0
  }
  const flap = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await set(ill, { redundant_state: n % 2 === 0 ? 'FAULT' : 'BACKUP' })
  }
  await flap(40)
  expect(await changes()).toBe(11)
  await pass(601)
  await flap(2)
  expect(await changes()).toBe(13)
})
