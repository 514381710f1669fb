import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openCluster, openDatabase } from '@sysvm/manager/model'
import { seed } from '@sysvm/manager/orchestration/seed'
import { sql } from 'kysely'
import { FULL, type Sizes, seedBig } from '../simulator/big.ts'
import { fleetImages, writeFleet } from '../simulator/fleet.ts'
import type { ListCall } from '../simulator/listcalls.ts'
import { type Bench, type Row, round } from './bench.ts'
import { type Child, end, freePort, memoryOf, run, urlOf } from './scale/child.ts'
import { deploy } from './scale/deploy.ts'
import { timeLists } from './scale/lists.ts'
import { elapsed, soon } from './scale/patience.ts'
import { rate, signedRate } from './scale/rates.ts'

type Db = ReturnType<typeof openDatabase>

/** With SYSVM_BENCH_PART only these, with commas; with SYSVM_BENCH_SIZE a share of the full size, up to 1. */
const PARTS = ['lists', 'rates', 'deployments', 'takeover', 'restart'] as const
const wanted: readonly string[] = process.env.SYSVM_BENCH_PART?.split(',') ?? PARTS
const isWanted = (part: (typeof PARTS)[number]): boolean => wanted.includes(part)
const share = Number(process.env.SYSVM_BENCH_SIZE ?? 1)
const SIZES: Sizes = {
  hosts: Math.ceil(FULL.hosts * share),
  guests: Math.ceil(FULL.guests * share),
  networks: Math.ceil(FULL.networks * share),
}

const databaseNow = async (db: Db): Promise<Date> =>
  (await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)).rows[0]?.now ?? new Date()

/** Resolves when every host was looked at after `since` and is up. */
const allSeen = (db: Db, since: Date) =>
  soon('every host was looked at', async () => {
    const { rows } = await sql<{ left: number }>`
      select count(*)::int as left from host left join host_seen seen on seen.host = host.id
      where state <> 'Up' or seen.at is null or seen.at < ${since}`.execute(db)
    return rows[0]?.left === 0
  })

const shared = (db: Db) =>
  soon('the second manager has its share', async () => {
    const { rows } = await sql<{ least: number }>`
      select min(hosts)::int as least from (select count(*) as hosts from host group by manager) share
      having count(*) = 2`.execute(db)
    return (rows[0]?.least ?? 0) >= Math.floor(SIZES.hosts / 2)
  })

const takenOver = (db: Db) =>
  soon('one manager has all hosts', async () => {
    const { rows } = await sql<{ managers: number; free: number }>`
      select count(distinct manager)::int as managers, (count(*) - count(manager))::int as free from host`.execute(db)
    return rows[0]?.managers === 1 && rows[0].free === 0
  })

export const bench: Bench = {
  name: 'scale',
  title: `One manager with ${SIZES.hosts} hosts, ${SIZES.guests} guests and ${SIZES.networks} networks, simulated`,
  run: async (print) => {
    // It takes minutes: what is under way is told to whoever waits.
    const tell = (row: Row): void => {
      console.error(Object.values(row).join('  '))
      print(row)
    }
    const detail: Record<string, unknown> = { sizes: SIZES, parts: wanted }
    const figure = (key: string, what: string, value: number, unit: string): void => {
      detail[key] = value
      tell({ what, value, unit })
    }
    const folder = await mkdtemp(join(tmpdir(), 'scale-'))
    await chmod(folder, 0o711)
    const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
    try {
      const cluster = await openCluster(join(folder, 'db'))
      undo.push(() => cluster.stop())
      const db = openDatabase(cluster.url)
      undo.push(() => db.destroy())
      const start = async (): Promise<Child> => {
        const child = await run('managed.ts', {
          DATABASE_URL: cluster.url,
          SYSVM_STATE: join(folder, 'state'),
          SYSVM_SIMULATOR: join(folder, 'hosts'),
          SYSVM_API_PORT: '0',
          SYSVM_CLOUD_API_PORT: String(await freePort()),
          SYSVM_LOG_LEVEL: process.env.SYSVM_LOG_LEVEL ?? 'silent',
        })
        undo.push(() => end(child))
        return child
      }
      await migrate(db)
      await seed(db, await fleetImages(join(folder, 'hosts', 'images')))
      figure('seeding', 'seeding by SQL', await elapsed(() => seedBig(db, SIZES)), 's')
      await writeFleet(db, join(folder, 'hosts'))
      // As after a manager that was there until now: the seed took longer than hosts go unlooked at.
      await sql`update host_seen set at = now()`.execute(db)
      // A database that was filled over months has been vacuumed and written to disk long since.
      await sql`vacuum analyze`.execute(db)
      await sql`checkpoint`.execute(db)

      let since = await databaseNow(db)
      let manager = await start()
      figure('claimed', 'a new manager has looked at all hosts', await elapsed(() => allSeen(db, since)), 's')
      // At first sight each simulated host and router is read from files and written to, in the manager's own thread.
      const first = await databaseNow(db)
      figure('again', 'it has looked at all hosts again', await elapsed(() => allSeen(db, first)), 's')

      const lists = isWanted('lists') ? await timeLists(manager, db) : undefined
      if (lists !== undefined) {
        for (const [command, { median, p99, params }] of lists.rows.slice(0, 15))
          tell({ what: `${command} ${params.slice(0, 90)}`, value: round(median), unit: 'ms', p99: round(p99) })
        const { asked, left, over } = lists
        const what = `${asked} calls of lists, ${over} over 50 ms, ${left} not asked for want of time`
        tell({ what, value: round(lists.median), unit: 'ms', p99: round(lists.p99) })
      }

      if (isWanted('rates')) {
        const zones: ListCall = { command: 'listZones', params: {} }
        const body = await (await fetch(urlOf(manager, zones))).text()
        const bare = await run('bare.ts', {}, body.length)
        undo.push(() => end(bare))
        const read = (child: Child) => () => fetch(urlOf(child, zones)).then((response) => response.arrayBuffer())
        figure('koa', 'Koa alone, as many bytes', await rate(read(bare)), 'calls/s')
        figure('unsigned', 'listZones, unsigned', await rate(read(manager)), 'calls/s')
        figure('signed', 'listZones, signed', await signedRate(manager), 'calls/s')
        await end(bare)
      }

      if (isWanted('deployments')) {
        const { running, accepted, deployed } = await deploy(manager, db)
        figure('accepted', 'deployments accepted', accepted, '/s')
        figure('deployed', `deployments of ${running} guests, until they run`, deployed, '/s')
      }
      figure('memory', 'memory of the manager, PSS', memoryOf(manager), 'MiB')

      if (isWanted('takeover')) {
        const second = await start()
        await shared(db)
        await end(manager, 'SIGKILL')
        manager = second
        since = await databaseNow(db)
        const taken = await elapsed(() => takenOver(db))
        figure('takenOver', 'all hosts of a killed manager taken over', taken, 's')
        const seen = await elapsed(() => allSeen(db, since))
        figure('seenAgain', 'and looked at', round(taken + seen), 's')
      }

      if (isWanted('restart')) {
        await end(manager, 'SIGKILL')
        await cluster.stop()
        const restarted = await elapsed(async () => {
          await cluster.ensure()
          since = await databaseNow(db)
          await start()
          await allSeen(db, since)
        })
        figure('restarted', 'restart of everything, until all hosts are looked at', restarted, 's')
      }

      const [slowest, worst] = lists?.rows[0] ?? []
      const ours = round(worst?.median ?? Number.NaN)
      if (lists !== undefined) {
        const medians = Object.fromEntries(lists.rows.map(([name, { median }]) => [name, round(median)]))
        detail.slowest = { command: slowest, params: worst?.params, p99: round(worst?.p99 ?? Number.NaN) }
        detail.lists = { ...lists, rows: undefined, slowest: medians }
      }
      return { unit: 'ms', ours, other: 50, ratio: round(ours / 50, 2), detail }
    } finally {
      for (const step of undo.toReversed()) await step().catch((error: unknown) => console.error(error))
    }
  },
}
