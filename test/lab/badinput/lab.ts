import { randomBytes } from 'node:crypto'
import { createJobs, openQueues } from '@sysvm/manager/jobs'
import { seal, unseal } from '@sysvm/manager/orchestration/keys/index'
import { seed } from '@sysvm/manager/orchestration/seed'
import { defaultSettings, type World } from '@sysvm/manager/orchestration/world'
import { simulatedSeed } from '../../simulator/api.ts'
import { freshDatabase } from '../../simulator/cloud.ts'
import { openTestCluster } from '../../simulator/manager.ts'
import { contentAgent } from './agent.ts'
import { digestOf, openRewindable } from './rewind.ts'
import { acceptableSpec, makeRouters } from './routers.ts'
import { serveInProcess } from './serve.ts'
import { makeTopology } from './topology.ts'
import { makeVpns } from './vpns.ts'

/** The query API in this process, over a database with an object of every kind; no reconciler runs. */
export const openLab = async () => {
  // In the reverse order, and also when what comes next fails.
  await using made = new AsyncDisposableStack()
  const cluster = await openTestCluster()
  made.defer(cluster.remove)
  const { url, db: fresh, drop } = await freshDatabase(cluster.cluster.url)
  made.defer(drop)
  await seed(fresh, simulatedSeed)
  const boss = await openQueues(url)
  made.defer(() => boss.stop({ graceful: false }))
  const rewindable = await openRewindable(url)
  made.defer(rewindable.close)
  const { db } = rewindable
  const sealKey = randomBytes(32)
  const dependencies = {
    inspectHost: async () => ({ facts: { name: 'h', cpus: 4, memoryMiB: 4096 } }),
    control: contentAgent,
    routerSpec: async () => ({}),
    seal: (context: string, secret: string) => seal(sealKey, context, secret),
    unseal: (context: string, sealed: string) => unseal(sealKey, context, sealed),
    readConsole: async () => 'console',
  }
  const jobs = createJobs(boss)
  const served = serveInProcess({ db, jobs, dependencies })
  const world = { db, jobs, keys: { sealKey }, settings: defaultSettings } as World
  const objects = await makeTopology(served.call, db)
  const routed = await makeRouters(db, world, objects)
  const at = { ...objects, ...routed, ...(await makeVpns(served.call, db, { ...objects, ...routed })) }
  const digest = await digestOf(db)
  const routers = [at.router, at.vpcrouter, at.sixrouter]
  const before = await digest()
  const owned = made.move()
  return {
    ...rewindable,
    ...served,
    at,
    digest,
    /** Digests of what there is at first. */
    before,
    /** Of all routers, together; rejects where one of them would refuse its own. */
    specs: async (): Promise<string> => {
      const all: string[] = []
      for (const router of routers) all.push(await acceptableSpec(world, router))
      return all.join('\n')
    },
    close: (): Promise<void> => owned.disposeAsync(),
  }
}
