import { readFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { openLeases } from '@sysvm/manager/jobs/lease'
import { type Database, openDatabase } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../lab/until.ts'
import { openTestCluster, startSimulatedCloud } from '../simulator/manager.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeEach(async () => {
  lab = await openTestCluster()
})
afterEach(() => lab.remove())

const pidOf = async (): Promise<number> =>
  Number((await readFile(join(lab.folder, 'db', 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])

const target = { kind: 'guest', id: '8a4d3f0e-0000-4000-8000-000000000001' } as const

/** Who holds the only lease there is, and its two numbers. Rejects when nobody does. */
const holder = async (db: Kysely<Database>): Promise<{ pid: number; first: number; second: number }> => {
  const { rows } = await sql<{ pid: number; first: number; second: number }>`
    select pid, classid::bigint::bit(32)::int as first, objid::bigint::bit(32)::int as second from pg_locks
    where locktype = 'advisory' and objsubid = 2`.execute(db)
  if (rows[0] === undefined) throw new Error('nobody holds a lease')
  return rows[0]
}

describe('the manager goes on', () => {
  it('when its private PostgreSQL is killed, which it starts again', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { client, db } = manager
    const before = await pidOf()
    process.kill(before, 'SIGKILL')
    // Its backends live on for a moment, and answer.
    await until('another one is started', async () => (await pidOf()) !== before)
    const network = await until('the database is back', () => client.createNetwork('n1'))
    const { job } = await client.deploy('web', network)
    expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
    expect(await db.selectFrom('guest').select('state').execute()).toEqual([{ state: 'Running' }])
  })

  it('when the session of its leases is cut, with the leases it had', async () => {
    const broken: string[] = []
    const leases = await openLeases(lab.cluster.url, { onBroken: ({ message }) => broken.push(message) })
    const other = await openLeases(lab.cluster.url)
    const admin = openDatabase(lab.cluster.url, { connections: 1 })
    try {
      expect(await leases.acquire(target)).toBe(true)
      const held = await holder(admin)
      await sql`select pg_terminate_backend(${held.pid}::int)`.execute(admin)
      await until('it holds the lease again', async () => (await holder(admin)).pid !== held.pid)
      expect(broken).not.toEqual([])
      expect(await other.acquire(target)).toBe(false)
      await leases.release(target)
      expect(await other.acquire(target)).toBe(true)
    } finally {
      await Promise.all([leases.close(), other.close(), admin.destroy()])
    }
  })
})

/** A way to the database that can be cut, or silent to whoever asks for a lock. */
const openWay = async () => {
  const url = new URL(lab.cluster.url)
  const folder = url.searchParams.get('host') ?? url.hostname
  const sockets = new Set<Socket>()
  let silent = false
  let asked = 0
  const deaf: (() => void)[] = []
  const server = createServer((near) => {
    const far = connect(`${folder}/.s.PGSQL.${url.searchParams.get('port') ?? (url.port || '5432')}`)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => [near, far].map((end) => end.destroy()))
    }
    near.on('data', (chunk) => {
      if (silent && chunk.includes('pg_try_advisory_lock')) {
        asked++
        far.pause()
        deaf.push(() => far.resume())
      }
      far.write(chunk)
    })
    far.on('data', (chunk) => near.write(chunk))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const through = new URL(url)
  through.search = ''
  through.hostname = '127.0.0.1'
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    silence: () => {
      silent = true
    },
    asked: () => asked,
    speak: () => {
      silent = false
      for (const resume of deaf) resume()
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

describe('a lease', () => {
  it('is kept where the owner of the database ends sessions that are idle', async () => {
    const admin = openDatabase(lab.cluster.url, { connections: 1 })
    await sql`alter role current_user set idle_session_timeout = '300ms'`.execute(admin)
    const leases = await openLeases(lab.cluster.url)
    try {
      expect(await leases.acquire(target)).toBe(true)
      const { pid } = await holder(admin)
      // As any other of that role, younger than its own.
      const idle = openDatabase(lab.cluster.url, { connections: 1 })
      const { rows } = await sql<{ own: number }>`select pg_backend_pid() as own`.execute(idle)
      await until('a session that is idle was ended', async () => {
        const left = await sql`select from pg_stat_activity where pid = ${rows[0]?.own}`.execute(admin)
        return left.rows.length === 0
      })
      expect(await holder(admin)).toMatchObject({ pid })
      await idle.destroy()
    } finally {
      await Promise.all([leases.close(), admin.destroy()])
    }
  })

  it('whose work ends while the session comes back is free', async () => {
    await using way = await openWay()
    const leases = await openLeases(way.url)
    const other = await openLeases(lab.cluster.url)
    try {
      expect(await leases.acquire(target)).toBe(true)
      way.silence()
      way.cut()
      await until('it asks for what it held', async () => way.asked() > 0)
      await leases.release(target)
      way.speak()
      await until('it has a session again', () => leases.acquire({ ...target, kind: 'network' }))
      expect(await other.acquire(target)).toBe(true)
    } finally {
      await Promise.all([leases.close(), other.close()])
    }
  })
})

describe('the manager ends', () => {
  it('when another one took over what it has under way', async () => {
    const leases = await openLeases(lab.cluster.url)
    const rival = openDatabase(lab.cluster.url, { connections: 1 })
    try {
      expect(await leases.acquire(target)).toBe(true)
      const { pid, first, second } = await holder(rival)
      // Cut and taken in one statement: nobody can be quicker.
      await sql
        .raw(`do $$ begin perform pg_terminate_backend(${pid}, 5000);
          perform pg_advisory_lock(${first}, ${second}); end $$`)
        .execute(rival)
      expect(await leases.lost).toMatchObject({ code: 'SYSVM_QUEUE' })
    } finally {
      await Promise.all([leases.close(), rival.destroy()])
    }
  })
})
