import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createApi } from '@sysvm/manager/api'
import { createJobs, openQueues } from '@sysvm/manager/jobs'
import { type Cluster, migrate, openCluster, openDatabase } from '@sysvm/manager/model'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../lab/until.ts'
import { caller } from '../simulator/api.ts'

const run = promisify(execFile)

let folder: string
let cluster: Cluster
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'full-'))
  await run('mount', ['-t', 'tmpfs', '-o', 'size=192m', 'tmpfs', folder])
  await chmod(folder, 0o711)
  cluster = await openCluster(join(folder, 'db'))
})
afterAll(async () => {
  await rm(join(folder, 'ballast'), { force: true })
  await cluster?.stop()
  await run('umount', ['-l', folder])
  await rm(folder, { recursive: true })
})

const serve = async () => {
  const db = openDatabase(cluster.url, { connections: 8 })
  await migrate(db)
  const boss = await openQueues(cluster.url)
  const api = createApi({ db, jobs: createJobs(boss) })
  return {
    db,
    call: caller(await api.listen({ port: 0 })),
    [Symbol.asyncDispose]: async () => {
      await api.close()
      await boss.stop({ graceful: false })
      await db.destroy()
    },
  }
}

/** Takes all room that is left. */
const fill = async (): Promise<void> => {
  const file = await open(join(folder, 'ballast'), 'w')
  try {
    for (;;) await file.write(Buffer.alloc(1 << 16))
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  } finally {
    await file.close()
  }
}

const register = (call: ReturnType<typeof caller>, name: string) =>
  call('registerUserData', { name, userdata: randomBytes(12_000).toString('base64') })

const processes = async (): Promise<number[]> => {
  const [first = ''] = (await readFile(join(folder, 'db', 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
  const children = await readFile(`/proc/${first}/task/${first}/children`, 'utf8')
  return [Number(first), ...children.trim().split(' ').map(Number)]
}

it('calls are answered by 503 while the disk of the database is full or it is stopped, and nothing is half done', async () => {
  await using stage = await serve()
  const { call, db } = stage
  expect((await register(call, 'before')).status).toBe(200)
  await fill()
  const answers: number[] = []
  for (let number = 0; number < 400 && !answers.includes(503); number++)
    answers.push((await register(call, `full-${number}`)).status)
  expect(new Set(answers.slice(0, -1))).toEqual(new Set(answers.length > 1 ? [200] : []))
  expect(answers.at(-1)).toBe(503)
  await writeFile(join(folder, 'ballast'), '')
  // Where the write-ahead log had no room either, PostgreSQL ended.
  await cluster.ensure()
  await until('calls are answered again', async () => (await register(call, 'after')).status === 200)
  const rows = await db.selectFrom('user_data').select('name').execute()
  expect(rows).toHaveLength(answers.length - 1 + 2)

  await cluster.stop()
  const { status, body } = await call('listZones')
  expect({ status, body }).toMatchObject({
    status: 503,
    body: { errortext: expect.stringContaining('does not answer') },
  })
  await cluster.ensure()
  await until('calls are answered again', async () => (await call('listZones')).status === 200)
})

it.each(['statement_timeout', 'lock_timeout'])(
  'calls are answered by 503 where its owner bounds how long it may be slow, by %s',
  async (setting) => {
    const bound = async (value: string) => {
      const admin = openDatabase(cluster.url, { connections: 1 })
      await sql`alter role current_user set ${sql.raw(setting)} = ${sql.lit(value)}`.execute(admin)
      await admin.destroy()
    }
    await bound('2s')
    try {
      await using stage = await serve()
      const { call, db } = stage
      const names = async () => (await db.selectFrom('user_data').select('name').execute()).map(({ name }) => name)
      await db.transaction().execute(async (trx) => {
        await sql`lock table user_data`.execute(trx)
        expect(await register(call, setting)).toMatchObject({
          status: 503,
          body: { errortext: expect.stringContaining('does not answer') },
        })
      })
      expect(await names()).not.toContain(setting)
      expect((await register(call, setting)).status).toBe(200)
      expect(await names()).toContain(setting)
    } finally {
      await bound('0')
    }
  },
)

it('a call waits while the database is slow', async () => {
  await using stage = await serve()
  const { call } = stage
  expect((await call('listZones')).status).toBe(200)
  const paused = await processes()
  for (const pid of paused) process.kill(pid, 'SIGSTOP')
  const calls = [call('listZones'), register(call, 'slow')]
  const early = await Promise.race([...calls, new Promise((resolve) => setTimeout(resolve, 500, 'none'))])
  for (const pid of paused) process.kill(pid, 'SIGCONT')
  expect(early).toBe('none')
  for (const { status } of await Promise.all(calls)) expect(status).toBe(200)
})
