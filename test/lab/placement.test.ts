import { chooseHost, type Need, placeOnHost } from '@sysvm/manager/placement/host'
import { hostsWithRoom } from '@sysvm/manager/placement/room'
import { type KyselyPlugin, sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshDatabase, makeCloud } from '../simulator/cloud.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { dice } from './dice.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

it('waits for a host that comes up while it looks for one', async () => {
  const { db, drop } = await freshDatabase(lab.cluster.url)
  try {
    const { zone } = await makeCloud(db)
    let statements = 0
    // The first statement takes the lock, the second looks at some; after each later one the host is said to be up.
    const comesUp: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        if (statements++ > 1) await db.updateTable('host').set({ state: 'Up', cpus: 8, memory_mib: 8000 }).execute()
        return result
      },
    }
    const place = db
      .transaction()
      .execute((trx) => placeOnHost(trx.withPlugin(comesUp), zone, { cpus: 1, memoryMiB: 128 }, async () => {}))
    await expect(place).rejects.toMatchObject({ code: 'SYSVM_HOST_UNREACHABLE' })
  } finally {
    await drop()
  }
})

it('lists the hosts that have room as placement judges each, page by page, with sums and what they do not yet tell', async () => {
  const { db, drop } = await freshDatabase(lab.cluster.url)
  try {
    const names = Array.from({ length: 60 }, (_, index) => `host-${index}`)
    const { zone } = await makeCloud(db, { hosts: names })
    const roll = dice(4711)
    const any = <T>(...values: readonly T[]): T => values[roll(values.length)] as T
    const hosts = await db.selectFrom('host').select(['id', 'name']).execute()
    const used = new Map<string, { cpus: number; memory: number }>()
    for (const { id } of hosts) {
      const now = { state: any('Up', 'Up', 'Up', 'Alert', 'Down'), cpus: any(1, 2, 8), memory_mib: any(0, 512, 4096) }
      const hosttags = any(['ssd'], ['ssd', 'gpu'], [])
      await db
        .updateTable('host')
        .set({ ...now, hosttags } as object)
        .where('id', '=', id)
        .execute()
      const [sums, change] = [roll(2) * roll(5), roll(2) * (roll(3) - 1)]
      const add = (table: string, cpus: number) =>
        sql`insert into ${sql.table(table)} values ('host', ${id}, 1, ${cpus}, ${cpus * 400})`.execute(db)
      if (sums > 0) await add('tally', sums)
      if (change !== 0) await add('tally_change', change)
      used.set(id, { cpus: sums + change, memory: (sums + change) * 400 })
    }
    const rows = await db.selectFrom('host').selectAll().orderBy('created').orderBy('id').execute()
    const expected = (need: Need, keyword: string | undefined): string[] =>
      rows
        .filter(({ state, name, id, hosttags }) => {
          const tagged = (need.tags ?? []).every((tag) => hosttags.includes(tag))
          const named = (need.on ?? id) === id && need.except !== id
          return state === 'Up' && tagged && named && name.includes(keyword ?? '')
        })
        .filter(({ id, name, cpus, memory_mib: memoryMiB }) => {
          const { cpus: usedCpus, memory: usedMemoryMiB } = used.get(id) ?? { cpus: 0, memory: 0 }
          return chooseHost([{ id, name, cpus: cpus ?? 0, memoryMiB: memoryMiB ?? 0, usedCpus, usedMemoryMiB }], need)
        })
        .map(({ id }) => id)
    const found: number[] = []
    for (let round = 0; round < 200; round++) {
      const one = any(...rows).id
      const size = { cpus: any(1, 2, 8), memoryMiB: any(1, 128, 512, 3000, 4096) }
      const need = { ...size, ...any({}, {}, {}, { on: one }, { except: one }, { tags: ['ssd'] }) }
      const keyword = any(undefined, undefined, 'host-1')
      const page = { limit: any(1, 3, 10, 500), offset: any(0, 0, 2, 20, 100) }
      const all = expected(need, keyword)
      const { count, ids } = await hostsWithRoom(db, zone, need, { keyword, ...page })
      expect({ need, page, count, ids }).toEqual({
        ...{ need, page, count: all.length },
        ids: all.slice(page.offset, page.offset + page.limit),
      })
      found.push(count)
    }
    expect(new Set(found).size).toBeGreaterThan(10)
  } finally {
    await drop()
  }
})
