import { placeOnHost } from '@sysvm/manager/placement/host'
import type { KyselyPlugin } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshDatabase, makeCloud } from '../simulator/cloud.ts'
import { openTestCluster } from '../simulator/manager.ts'

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
