import { appendFile, chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openQueues } from '@sysvm/manager/jobs/queue'
import { migrate, openCluster, openDatabase } from '@sysvm/manager/model'
import { sql } from 'kysely'
import { startProcess } from '../lab/process.ts'

/** A database beside the manager's own, migrated as well and used by nobody. */
export const MIGRATED = 'migrated'

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const copy = async (from: string, to: string): Promise<void> => {
  const cp = await startProcess(['cp', '-a', from, to])
  if ((await cp.ended) !== 0) throw new Error(`cp of ${from}: ${cp.output()}`)
}

/** What a manager makes at its first start: initdb, all migrations, its queues. */
const make = async (run: string): Promise<void> => {
  const draft = await mkdtemp(join(run, 'pg-'))
  const cluster = await openCluster(draft)
  const db = openDatabase(cluster.url, { connections: 1 })
  await migrate(db)
  const boss = await openQueues(cluster.url)
  await boss.stop({ graceful: false })
  await db.destroy()
  const admin = openDatabase(cluster.url.replace('/postgres?', '/template1?'), { connections: 1 })
  await sql`create database ${sql.id(MIGRATED)} template postgres`.execute(admin)
  await admin.destroy()
  await cluster.stop()
  await rm(join(draft, 'postgres/server.log'), { force: true })
  // It ends with the machine at the latest: nobody reads it after a power cut.
  await appendFile(join(draft, 'postgres/postgresql.conf'), 'fsync = off\n')
  // Another worker may have been quicker.
  await rename(join(draft, 'postgres'), join(run, 'postgres')).catch(async (error: unknown) => {
    if (!(await exists(join(run, 'postgres')))) throw error
  })
  await rm(draft, { recursive: true, force: true })
}

/**
 * Puts into a manager's folder, before its first start, the PostgreSQL that this start would make: made once for a whole
 * run of vitest (run.ts), copied in a tenth of a second. Outside of a run nothing happens and the manager makes its own,
 * as it does in `up` and in the tests of PostgreSQL itself.
 */
export const placeCluster = async (folder: string): Promise<void> => {
  const run = process.env.SYSVM_TEST_RUN
  if (run === undefined) return
  if (!(await exists(join(run, 'postgres')))) await make(run)
  await mkdir(folder, { recursive: true, mode: 0o711 })
  await chmod(folder, 0o711)
  await copy(join(run, 'postgres'), join(folder, 'postgres'))
}
