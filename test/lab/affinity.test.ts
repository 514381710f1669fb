import type { Database } from '@sysvm/manager/model'
import { type Need, placeOnHost } from '@sysvm/manager/placement/host'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, makeCloud } from '../simulator/cloud.ts'
import { openTestCluster } from '../simulator/manager.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let made: Awaited<ReturnType<typeof makeCloud>>
let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Kysely<Database>
beforeAll(async () => {
  lab = await openTestCluster()
  database = await freshDatabase(lab.cluster.url)
  db = database.db
  made = await makeCloud(db, { hosts: ['local:?netns=a', 'local:?netns=b', 'local:?netns=c'] })
  await db.updateTable('host').set({ state: 'Up', cpus: 8, memory_mib: 8000 }).execute()
})
afterAll(async () => {
  await database?.drop()
  await lab?.remove()
})

const ROOM = { cpus: 1, memoryMiB: 128 }
let guests = 0

/** A guest in the groups; on a host or not yet anywhere. */
const guest = async (groups: readonly string[], host: string | null = null): Promise<string> => {
  const offering = await db
    .selectFrom('service_offering')
    .select('id')
    .where('name', '=', 'small')
    .executeTakeFirstOrThrow()
  const template = await db.selectFrom('template').select('id').where('kind', '=', 'guest').executeTakeFirstOrThrow()
  const name = `g${++guests}`
  const { id } = await db
    .insertInto('guest')
    .values({
      name,
      displayname: name,
      zone: made.zone,
      offering: offering.id,
      template: template.id,
      host,
      state: 'Running',
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const affinity_group of groups)
    await db.insertInto('affinity_member').values({ affinity_group, guest: id }).execute()
  return id
}

const group = async (
  name: string,
  type: 'host affinity' | 'host anti-affinity' | 'non-strict host affinity' | 'non-strict host anti-affinity',
) => (await db.insertInto('affinity_group').values({ name, type }).returning('id').executeTakeFirstOrThrow()).id

const place = (need: Partial<Need>): Promise<string> =>
  db.transaction().execute((trx) => placeOnHost(trx, made.zone, { ...ROOM, ...need }, async () => {}))

/** Places the guest, and keeps it there. */
const settle = async (id: string): Promise<string> => {
  const host = await place({ guest: id })
  await db.updateTable('guest').set({ host }).where('id', '=', id).execute()
  return host
}

describe('placement', () => {
  it('puts guests of a strict anti-affinity group on different hosts, and names the group when there is none left', async () => {
    const apart = await group('apart', 'host anti-affinity')
    const taken = []
    for (let n = 0; n < 3; n++) taken.push(await settle(await guest([apart])))
    expect(taken.toSorted()).toEqual(made.hosts.toSorted())
    const fourth = await guest([apart])
    await expect(place({ guest: fourth })).rejects.toMatchObject({
      code: 'SYSVM_CAPACITY',
      message: expect.stringMatching(/^No host with room for 1 cpus and 128 MiB obeys the affinity group 'apart'/),
    })
    await db
      .updateTable('guest')
      .set({ desired: 'Destroyed' })
      .where('host', '=', taken[1] ?? '')
      .execute()
    expect(await settle(fourth)).toBe(taken[1])
  })

  it('puts guests of a strict affinity group on one host, however full it is', async () => {
    const together = await group('together', 'host affinity')
    const [, , host = ''] = made.hosts
    for (let n = 0; n < 5; n++) await guest([], host)
    await guest([together], host)
    expect(await settle(await guest([together]))).toBe(host)
    expect(await settle(await guest([together]))).toBe(host)
  })

  it('names both groups that want what cannot be', async () => {
    const [together, apart] = [await group('one', 'host affinity'), await group('each', 'host anti-affinity')]
    const [host = ''] = made.hosts
    await guest([together, apart], host)
    await expect(place({ guest: await guest([together, apart]) })).rejects.toMatchObject({
      code: 'SYSVM_CAPACITY',
      message: expect.stringMatching(/obeys the affinity groups 'each', 'one'/),
    })
  })

  it('obeys a wish where it can, and goes on where it cannot', async () => {
    const apart = await group('rather apart', 'non-strict host anti-affinity')
    const taken = new Set<string>()
    for (let n = 0; n < 3; n++) taken.add(await settle(await guest([apart])))
    expect(taken.size).toBe(3)
    expect(made.hosts).toContain(await settle(await guest([apart])))
    const together = await group('rather together', 'non-strict host affinity')
    const [, host = ''] = made.hosts
    for (let n = 0; n < 20; n++) await guest([], host)
    await guest([together], host)
    expect(await settle(await guest([together]))).toBe(host)
    const elsewhere = made.hosts.filter((one) => one !== host)
    expect(elsewhere).toContain(await place({ guest: await guest([together]), except: host }))
  })

  it('takes only hosts with all the tags, and says which it missed', async () => {
    const [tagged = ''] = made.hosts
    await db
      .updateTable('host')
      .set({ hosttags: ['ssd', 'gpu'] })
      .where('id', '=', tagged)
      .execute()
    expect(await place({ tags: ['gpu'] })).toBe(tagged)
    await expect(place({ tags: ['gpu', 'arm'] })).rejects.toMatchObject({
      code: 'SYSVM_CAPACITY',
      message: expect.stringMatching(/room for 1 cpus and 128 MiB and the host tags gpu, arm/),
    })
  })

  it('stays in the pod or cluster that was asked for', async () => {
    expect(made.hosts).toContain(await place({ cluster: made.cluster }))
    await expect(place({ cluster: made.zone })).rejects.toMatchObject({ code: 'SYSVM_CAPACITY' })
    await expect(place({ pod: made.zone })).rejects.toMatchObject({ code: 'SYSVM_CAPACITY' })
  })
})
