import { until } from '../lab/until.ts'
import { openTestCluster, startSimulatedCloud } from '../simulator/manager.ts'
import { type Bench, round } from './bench.ts'

const CHANGES = 1000
/** What a commit to a real router takes, in milliseconds. */
const COMMIT_MS = 300

const burst = async (clients: number) => {
  const lab = await openTestCluster()
  try {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder, { commitMs: COMMIT_MS })
    const { client, db, simulator } = manager
    const network = await client.createNetwork('n1')
    await client.ended((await client.deploy('first', network)).job)
    const router = await db.selectFrom('router').selectAll().executeTakeFirstOrThrow()
    const before = simulator.commits(router.linklocal).length
    const started = performance.now()
    // Every change alters what the router holds: the guest's name is in its DHCP and DNS.
    const work = async (first: number): Promise<void> => {
      for (let index = first; index < CHANGES; index += clients) {
        await db
          .updateTable('guest')
          .set({ name: `g${index}` })
          .execute()
        await client.touch(network)
      }
    }
    await Promise.all(Array.from({ length: clients }, (_, index) => work(index)))
    const sent = performance.now()
    const { revision } = await db.selectFrom('network').select('revision').executeTakeFirstOrThrow()
    await until('the router holds the last change', async () => {
      const row = await db.selectFrom('router').select('revision').executeTakeFirstOrThrow()
      return row.revision >= revision
    })
    const held = performance.now()
    return {
      commits: simulator.commits(router.linklocal).length - before,
      changesPerSecond: round(CHANGES / ((sent - started) / 1000), 0),
      lastChangeHeldMs: round(held - sent, 0),
    }
  } finally {
    await lab.remove()
  }
}

export const bench: Bench = {
  name: 'coalescing',
  title: `Commits for ${CHANGES} changes to one network, beside a commit per change`,
  run: async (print) => {
    const detail: Record<string, Awaited<ReturnType<typeof burst>>> = {}
    for (const clients of [1, 8]) {
      const result = await burst(clients)
      detail[`clients${clients}`] = result
      print({ clients, ...result })
    }
    const ours = Math.max(...Object.values(detail).map(({ commits }) => commits))
    return { unit: 'commits', ours, other: CHANGES, ratio: round(CHANGES / ours, 1), detail }
  },
}
