import { SysvmError } from '@sysvm/errors'
import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestCluster, type SimulatedCloudOptions, startSimulatedCloud } from '../simulator/manager.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

/** A cloud that notes, whenever a reconciler of `kind` comes to `step`, whether it is due by its own backoff. */
const watched = async (kind: 'router' | 'guest', step: string, options: SimulatedCloudOptions & { fail?: Error }) => {
  const attempts: ('due' | 'early')[] = []
  let db: Kysely<Database> | undefined
  const manager = await startSimulatedCloud(lab.cluster, lab.folder, {
    ...options,
    at: async (at) => {
      if (at !== step || db === undefined) return
      const row = await db
        .selectFrom('backoff')
        .select(sql<boolean>`retry_at > now()`.as('early'))
        .where('kind', '=', kind)
        .executeTakeFirst()
      attempts.push(row?.early ? 'early' : 'due')
      if (options.fail) throw options.fail
    },
  })
  db = manager.db
  return { manager, attempts }
}

const thrice = (attempts: readonly string[]) => until('there were three attempts', () => attempts.length >= 3)

describe('what fails is tried again at its own pace', () => {
  it('a router whose machine does not start', async () => {
    const { manager, attempts } = await watched('router', 'router.prepared', { broken: 'system' })
    await using _ = manager
    await manager.client.deploy('web', await manager.client.createNetwork('n1'))
    await thrice(attempts)
    expect(attempts).not.toContain('early')
  })

  it('a guest whose machine does not start', async () => {
    const { manager, attempts } = await watched('guest', 'guest.placed', { broken: 'guest' })
    await using _ = manager
    const { id } = await manager.client.deploy('web', await manager.client.createNetwork('n1'))
    await until('it failed', () =>
      manager.db
        .selectFrom('guest')
        .select('id')
        .where('id', '=', id)
        .where('reason', 'is not', null)
        .executeTakeFirst(),
    )
    attempts.length = 0
    await thrice(attempts)
    expect(attempts).not.toContain('early')
  })

  it('a router that refuses its spec: once, and at once when something was changed', async () => {
    const fail = new SysvmError('SYSVM_COMMIT_FAILED' as never, 'no such option', {
      details: { step: 'check' },
    })
    const { manager, attempts } = await watched('router', 'router.committed', { fail })
    await using _ = manager
    const { client, db } = manager
    const network = await client.createNetwork('n1')
    const { job } = await client.deploy('web', network)
    expect(await client.ended(job)).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('refused its spec') },
    })
    for (let wake = 0; wake < 5; wake++) {
      await manager.engine.jobs.wake(db, 'network', network)
      await until('the network was looked at', async () => {
        const { rows } = await sql<{ queued: number }>`
          select count(*)::int as queued from pgboss.job where state in ('created', 'active') and start_after <= now()`.execute(
          db,
        )
        return rows[0]?.queued === 0
      })
    }
    expect(attempts).toEqual(['due'])
    await client.touch(network)
    await until('it was tried again', () => attempts.length === 2)
  })

  it('a router with a service that was late to serve: once more, and then it has refused its spec', async () => {
    await using manager = await startSimulatedCloud(lab.cluster, lab.folder)
    const { client, db, simulator } = manager
    const network = await client.createNetwork('n1')
    await client.ended((await client.deploy('web', network)).job)
    const { linklocal } = await db.selectFrom('router').select('linklocal').executeTakeFirstOrThrow()
    simulator.refuse(linklocal, 'dhcp')
    const { job } = await client.deploy('late', network)
    await until('it was late', async () => {
      const row = await db.selectFrom('backoff').select('code').where('kind', '=', 'router').executeTakeFirst()
      return row?.code === 'SYSVM_PROBE_FAILED'
    })
    simulator.refuse(linklocal, undefined)
    expect(await client.ended(job)).toMatchObject({ jobstatus: 1 })
    simulator.refuse(linklocal, 'dhcp')
    expect(await client.ended((await client.deploy('never', network)).job)).toMatchObject({
      jobstatus: 2,
      jobresult: { errortext: expect.stringContaining('refused its spec') },
    })
  })
})
