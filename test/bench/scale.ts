import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openCluster, openDatabase } from '@sysvm/manager/model'
import { seed } from '@sysvm/manager/orchestration/seed'
import { sql } from 'kysely'
import { until } from '../lab/until.ts'
import { FULL, seedBig } from '../simulator/big.ts'
import { signedCaller } from '../simulator/cloud-port.ts'
import { fleetImages, writeFleet } from '../simulator/fleet.ts'
import { bigId, type ListCall, listCalls } from '../simulator/listcalls.ts'
import { type Bench, percentile, round } from './bench.ts'

type Db = ReturnType<typeof openDatabase>

/** List calls that are timed closely, and how often each. */
const SLOW = 60
const RUNS = 15
const CLIENTS = 16
const SECONDS = 5
const NETWORKS = 20
const GUESTS = 400
const HOUR_MS = 3600_000

interface Child {
  readonly process: ChildProcess
  readonly port: number
  readonly cloudPort: number
}

const run = async (script: string, env: NodeJS.ProcessEnv, message?: number): Promise<Child> => {
  const child = fork(join(import.meta.dirname, '..', 'simulator', script), [], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  if (message !== undefined) child.send(message)
  const told = await Promise.race([once(child, 'message'), once(child, 'exit')])
  const [{ port }] = told as [{ port: number }]
  if (typeof port !== 'number') throw new Error(`${script} ended with ${String(told[0])}`)
  return { process: child, port, cloudPort: Number(env.SYSVM_CLOUD_API_PORT ?? 0) }
}

const end = async ({ process: child }: Child, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

const urlOf = ({ port }: Child, { command, params }: ListCall): string =>
  `http://127.0.0.1:${port}/client/api?${new URLSearchParams({ command, response: 'json', ...params })}`

const call = async (child: Child, command: string, params: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(urlOf(child, { command, params }))
  const [body = {}] = Object.values((await response.json()) as Record<string, Record<string, unknown>>)
  if (response.status !== 200) throw new Error(`${command}: ${JSON.stringify(body)}`)
  return body
}

const timeCall = async (manager: Child, one: ListCall): Promise<number | undefined> => {
  const started = performance.now()
  const response = await fetch(urlOf(manager, one))
  await response.arrayBuffer()
  return response.status === 200 ? performance.now() - started : undefined
}

/** Every list call once, to know the slow ones; those again and again. Per command, its slowest filter by the median. */
const timeLists = async (manager: Child, db: Db) => {
  const once: { readonly one: ListCall; readonly ms: number }[] = []
  for (const one of await listCalls(db)) {
    await timeCall(manager, one)
    const ms = await timeCall(manager, one)
    if (ms !== undefined) once.push({ one, ms })
  }
  const slowest = new Map<string, { median: number; p99: number; params: string }>()
  for (const { one } of once.toSorted((a, b) => b.ms - a.ms).slice(0, SLOW)) {
    const times: number[] = []
    for (let index = 0; index < RUNS; index++) times.push((await timeCall(manager, one)) ?? 0)
    const median = percentile(times, 0.5)
    if (median > (slowest.get(one.command)?.median ?? 0))
      slowest.set(one.command, { median, p99: percentile(times, 0.99), params: JSON.stringify(one.params) })
  }
  const rows = [...slowest].sort(([, a], [, b]) => b.median - a.median)
  const all = once.map(({ ms }) => ms)
  return { rows, calls: all.length, median: percentile(all, 0.5), p99: percentile(all, 0.99) }
}

/** Calls a second from several clients at once. */
const rate = async (one: () => Promise<unknown>): Promise<number> => {
  let calls = 0
  const stop = performance.now() + SECONDS * 1000
  const client = async (): Promise<void> => {
    while (performance.now() < stop) {
      await one()
      calls++
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return round(calls / SECONDS, 0)
}

const memoryOf = ({ process: { pid } }: Child): number => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return round(Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024, 0)
}

const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await work()
  return round((performance.now() - started) / 1000)
}

const databaseNow = async (db: Db): Promise<Date> =>
  (await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)).rows[0]?.now ?? new Date()

/** Resolves when every host was looked at after `since` and is up. */
const allSeen = (db: Db, since: Date) =>
  until(
    'every host was looked at',
    async () => {
      const { rows } = await sql<{ left: number }>`
        select count(*)::int as left from host where state <> 'Up' or last_seen is null or last_seen < ${since}`.execute(
        db,
      )
      return rows[0]?.left === 0
    },
    { timeoutMs: HOUR_MS },
  )

const deploy = async (manager: Child, db: Db) => {
  const list = async (command: string, object: string, params = {}) =>
    ((await call(manager, command, params))[object] as { id: string; forvpc?: boolean }[]) ?? []
  const zoneid = bigId('zone', 1)
  const offering = (await list('listNetworkOfferings', 'networkoffering', { forvpc: 'false' }))[0]?.id ?? ''
  const serviceofferingid = (await list('listServiceOfferings', 'serviceoffering'))[0]?.id ?? ''
  const templateid = (await list('listTemplates', 'template', { templatefilter: 'featured' }))[0]?.id ?? ''
  const networks: string[] = []
  for (let index = 0; index < NETWORKS; index++) {
    const params = { zoneid, networkofferingid: offering, name: `deployed-${index}`, displaytext: 'bench' }
    networks.push(((await call(manager, 'createNetwork', params)).network as { id: string }).id)
  }
  let next = 0
  const started = performance.now()
  const client = async (): Promise<void> => {
    for (let index = next++; index < GUESTS; index = next++)
      await call(manager, 'deployVirtualMachine', {
        ...{ zoneid, serviceofferingid, templateid },
        networkids: networks[index % NETWORKS] ?? '',
        name: `deployed-${index}`,
      })
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const accepted = performance.now()
  await until(
    'every guest runs',
    async () => {
      const { rows } = await sql<{ left: number }>`
        select count(*)::int as left from async_job where cmd = 'deployVirtualMachine' and jobstatus = 0`.execute(db)
      return rows[0]?.left === 0
    },
    { timeoutMs: HOUR_MS },
  )
  const { rows } = await sql<{ running: number }>`
    select count(*)::int as running from guest where name like 'deployed-%' and state = 'Running'`.execute(db)
  const seconds = (performance.now() - started) / 1000
  return {
    running: rows[0]?.running ?? 0,
    accepted: round(GUESTS / ((accepted - started) / 1000)),
    deployed: round((rows[0]?.running ?? 0) / seconds),
  }
}

const signedRate = async (manager: Child) => {
  const users = (await call(manager, 'listUsers', { username: 'admin' })).user as { id: string }[]
  const keys = (await call(manager, 'registerUserKeys', { id: users[0]?.id ?? '' })).userkeys as {
    apikey: string
    secretkey: string
  }
  const signed = signedCaller(`http://127.0.0.1:${manager.cloudPort}`, keys)
  const first = await signed('listZones')
  if (first.status !== 200) throw new Error(`signed: ${JSON.stringify(first.body)}`)
  return rate(() => signed('listZones'))
}

export const bench: Bench = {
  name: 'scale',
  title: `One manager with ${FULL.hosts} hosts, ${FULL.guests} guests and ${FULL.networks} networks, simulated`,
  run: async (print) => {
    // It takes minutes: what is under way is told to whoever waits.
    const tell = (row: Parameters<typeof print>[0]): void => {
      console.error(Object.values(row).join('  '))
      print(row)
    }
    const folder = await mkdtemp(join(tmpdir(), 'scale-'))
    await chmod(folder, 0o711)
    const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
    try {
      const cluster = await openCluster(join(folder, 'db'))
      undo.push(() => cluster.stop())
      const db = openDatabase(cluster.url)
      undo.push(() => db.destroy())
      const env = (index: number): NodeJS.ProcessEnv => ({
        DATABASE_URL: cluster.url,
        SYSVM_STATE: join(folder, 'state'),
        SYSVM_SIMULATOR: join(folder, 'hosts'),
        SYSVM_API_PORT: '0',
        SYSVM_CLOUD_API_PORT: String(18_080 + index),
        SYSVM_LOG_LEVEL: process.env.SYSVM_LOG_LEVEL ?? 'silent',
      })
      const start = async (index: number): Promise<Child> => {
        const child = await run('managed.ts', env(index))
        undo.push(() => end(child))
        return child
      }
      await migrate(db)
      await seed(db, await fleetImages(join(folder, 'hosts', 'images')))
      const seeding = await elapsed(() => seedBig(db))
      await writeFleet(db, join(folder, 'hosts'))
      tell({ what: 'seeding by SQL', value: seeding, unit: 's' })

      let since = await databaseNow(db)
      const first = await start(1)
      const claimed = await elapsed(() => allSeen(db, since))
      tell({ what: 'a new manager has looked at all hosts', value: claimed, unit: 's' })

      const lists = await timeLists(first, db)
      for (const [command, { median, p99, params }] of lists.rows.slice(0, 10))
        tell({ what: `${command} ${params.slice(0, 90)}`, value: round(median), unit: 'ms', p99: round(p99) })
      tell({
        what: `all ${lists.calls} calls of lists`,
        value: round(lists.median),
        unit: 'ms',
        p99: round(lists.p99),
      })

      const zones: ListCall = { command: 'listZones', params: {} }
      const body = await (await fetch(urlOf(first, zones))).text()
      const bare = await run('bare.ts', {}, body.length)
      undo.push(() => end(bare))
      const read = (child: Child) => () => fetch(urlOf(child, zones)).then((response) => response.arrayBuffer())
      const rates = { koa: await rate(read(bare)), unsigned: await rate(read(first)), signed: await signedRate(first) }
      await end(bare)
      for (const [what, value] of Object.entries(rates)) tell({ what: `listZones, ${what}`, value, unit: 'calls/s' })

      const deployments = await deploy(first, db)
      tell({ what: `deployments of ${deployments.running} guests`, value: deployments.deployed, unit: '/s' })
      const memory = memoryOf(first)
      tell({ what: 'memory of the manager, PSS', value: memory, unit: 'MiB' })

      const second = await start(2)
      await until(
        'the second manager has its share',
        async () => {
          const { rows } = await sql<{ least: number }>`
            select min(hosts)::int as least from (select count(*) as hosts from host group by manager) share
            having count(*) = 2`.execute(db)
          return (rows[0]?.least ?? 0) >= FULL.hosts / 2
        },
        { timeoutMs: HOUR_MS },
      )
      await end(first, 'SIGKILL')
      since = await databaseNow(db)
      const takenOver = await elapsed(() =>
        until(
          'one manager has all hosts',
          async () => {
            const { rows } = await sql<{ managers: number; free: number }>`
              select count(distinct manager)::int as managers, (count(*) - count(manager))::int as free from host`.execute(
              db,
            )
            return rows[0]?.managers === 1 && rows[0].free === 0
          },
          { timeoutMs: HOUR_MS, everyMs: 50 },
        ),
      )
      tell({ what: 'all hosts of a killed manager taken over', value: takenOver, unit: 's' })
      const seenAgain = takenOver + (await elapsed(() => allSeen(db, since)))
      tell({ what: 'and looked at', value: round(seenAgain), unit: 's' })

      await end(second, 'SIGKILL')
      await cluster.stop()
      const restarted = await elapsed(async () => {
        await cluster.ensure()
        since = await databaseNow(db)
        await start(3)
        await allSeen(db, since)
      })
      tell({ what: 'restart of everything, until all hosts are looked at', value: restarted, unit: 's' })

      const worst = lists.rows[0]
      const ours = round(worst?.[1].median ?? Number.NaN)
      return {
        unit: 'ms',
        ours,
        other: 50,
        ratio: round(ours / 50, 2),
        detail: {
          ...{ sizes: FULL, slowest: worst?.[0], slowestP99: round(worst?.[1].p99 ?? Number.NaN) },
          ...{ median: round(lists.median), p99: round(lists.p99), claimed, takenOver, seenAgain, restarted, memory },
          ...{
            rates,
            deployments,
            lists: Object.fromEntries(lists.rows.map(([name, { median }]) => [name, round(median)])),
          },
        },
      }
    } finally {
      for (const step of undo.toReversed()) await step().catch((error: unknown) => console.error(error))
    }
  },
}
