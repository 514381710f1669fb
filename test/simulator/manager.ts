import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Engine, startEngine } from '@sysvm/manager/engine'
import { type Cluster, openCluster, openDatabase } from '@sysvm/manager/model'
import { openKeys } from '@sysvm/manager/orchestration/keys/index'
import { defaultSettings, type Log, type Settings } from '@sysvm/manager/orchestration/world'
import { sql } from 'kysely'
import { closeOnce } from '../lab/opened.ts'
import { createClient } from './client.ts'
import { type CloudOptions, freshDatabase, makeCloud } from './cloud.ts'
import { createSimulator, type SimulatorOptions } from './index.ts'
import { placeCluster } from './ready-cluster.ts'

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A folder with a PostgreSQL of its own, for a whole test file. */
export const openTestCluster = async (): Promise<{ folder: string; cluster: Cluster; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'mgr-'))
  // PostgreSQL's own user must be able to pass through.
  await chmod(folder, 0o711)
  await placeCluster(join(folder, 'db'))
  const cluster = await openCluster(join(folder, 'db'))
  // It ends with the machine at the latest: nobody reads it after a power cut.
  const admin = openDatabase(cluster.url, { connections: 1 })
  await sql`alter system set fsync = off`.execute(admin)
  await sql`select pg_reload_conf()`.execute(admin)
  await admin.destroy()
  const remove = async (): Promise<void> => {
    await cluster.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { folder, cluster, remove }
}

export interface SimulatedCloudOptions extends CloudOptions, SimulatorOptions {
  readonly settings?: Partial<Settings>
  readonly at?: (step: string) => Promise<void>
  readonly log?: Log
  readonly jobSeconds?: number
}

/** The manager's engine on a real database and simulated hosts. */
export const startSimulatedCloud = async (cluster: Cluster, folder: string, options: SimulatedCloudOptions = {}) => {
  const { url, db, drop } = await freshDatabase(cluster.url)
  const home = await mkdtemp(join(folder, 'cloud-'))
  const simulator = createSimulator(join(home, 'hosts'), options)
  const cloud = await makeCloud(db, options)
  const engine: Engine = await startEngine({
    url,
    sweepSeconds: 0.5,
    jobSeconds: options.jobSeconds ?? 60,
    recover: cluster.ensure,
    world: {
      db,
      keys: await openKeys(home),
      log: options.log ?? silent,
      hosts: simulator.hosts,
      openControl: simulator.openControl,
      imageFolder: (hash) => `/images/${hash}`,
      firmwareOf: simulator.firmwareOf,
      settings: { ...defaultSettings, bootTimeoutMs: 3000, commitSpacingMs: 100, ...options.settings },
      at: options.at ?? (async () => {}),
    },
  })
  return {
    url,
    db,
    simulator,
    cloud,
    engine,
    client: createClient(db, engine.jobs, cloud),
    [Symbol.asyncDispose]: closeOnce(async () => {
      await engine.stop(2000)
      await drop()
    }),
  }
}
