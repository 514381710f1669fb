import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { createJobs, openQueues } from '@sysvm/manager/jobs'
import { closeOnce } from '../../lab/opened.ts'
import { createClient } from '../../simulator/client.ts'
import { type CloudOptions, freshDatabase, makeCloud } from '../../simulator/cloud.ts'
import { createSimulator } from '../../simulator/index.ts'
import type { openTestCluster } from '../../simulator/manager.ts'
import { type ManagerProcess, runManager } from './run.ts'

/** Managers come and go as processes; simulated hosts and the database stay. */
export const openScene = async (lab: Awaited<ReturnType<typeof openTestCluster>>, options: CloudOptions = {}) => {
  const { url, db, drop } = await freshDatabase(lab.cluster.url)
  const folder = await mkdtemp(join(lab.folder, 'fault-'))
  const hosts = join(folder, 'hosts')
  const cloud = await makeCloud(db, options)
  const boss = await openQueues(url)
  const running = new Set<ManagerProcess>()
  return {
    db,
    cloud,
    simulator: createSimulator(hosts),
    client: createClient(db, createJobs(boss), cloud),
    run: async (fatal?: string, by: NodeJS.Signals = 'SIGKILL') => {
      const step = fatal === undefined ? {} : { fatal, by }
      const manager = await runManager({ databaseUrl: url, folder, hosts, ...step })
      running.add(manager)
      return manager
    },
    [Symbol.asyncDispose]: closeOnce(async () => {
      await Promise.all([...running].map((manager) => manager.stop()))
      await boss.stop({ graceful: false })
      await drop()
    }),
  }
}
