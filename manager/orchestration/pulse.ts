import { sql } from 'kysely'
import type { MachineState } from '../hosts/driver.ts'
import { driverOfHypervisor } from '../hosts/index.ts'
import type { HostAccess, World } from './world.ts'

/** Seconds between two looks at a host that is well; with very many hosts it takes longer to get round. */
const HEARTBEAT = 10
/** Hosts that are asked in one second, on the whole. */
const PER_SECOND = 1000
/** Hosts whose machines are read, and whose answers are written down, together. */
const CHUNK = 64
/** Chunks under way at once. */
const CHUNKS = 8
/** A host that takes longer is left to its reconciler, which takes its time. */
const ANSWER_MS = 10_000

interface Due extends HostAccess {
  readonly hypervisor: string
}

const mineOf = ({ manager }: World) => (manager === undefined ? sql`true` : sql`host.manager = ${manager}`)

/** Hosts of this manager that are well and were not looked at lately, those just taken over and longest ago first. */
const dueHosts = async (world: World): Promise<readonly Due[]> => {
  const mine = mineOf(world)
  const { rows } = await sql<Omit<Due, 'driver'>>`
    select host.id, host.url, host.hostkey as "hostKey", cluster.hypervisor
    from host join cluster on cluster.id = host.cluster left join host_seen seen on seen.host = host.id
    where ${mine} and host.state = 'Up'
      and (seen.epoch is distinct from host.epoch or seen.at < now() - make_interval(secs =>
        greatest(${HEARTBEAT}, (select count(*) from host where ${mine}) / ${PER_SECOND}::float8)))
    order by seen.epoch is distinct from host.epoch desc, seen.at`.execute(world.db)
  return rows.map((row) => ({ ...row, driver: driverOfHypervisor(row.hypervisor) }))
}

/** Machines that should run on these hosts and are said to, by host. */
const expectedOn = async (world: World, hosts: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> => {
  const { rows } = await sql<{ host: string; machines: string[] }>`
    select host, array_agg(id) as machines from (
      select host, id from router
        where host = any(${[...hosts]}::uuid[]) and desired = 'Running' and state = 'Running' and not moving
      union all
      select host, id from guest
        where host = any(${[...hosts]}::uuid[]) and desired = 'Running' and state = 'Running' and not moving) expected
    group by host`.execute(world.db)
  return new Map(rows.map(({ host, machines }) => [host, machines]))
}

const within = async <T>(ms: number, work: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined)
  })
  try {
    return await Promise.race([work.catch(() => undefined), late])
  } finally {
    clearTimeout(timer)
  }
}

const isWhole = (found: readonly MachineState[] | undefined, expected: readonly string[]): boolean => {
  if (found === undefined) return false
  const running = new Set(found.filter(({ state }) => state === 'running').map(({ uuid }) => uuid))
  return expected.every((id) => running.has(id))
}

const look = async (world: World, hosts: readonly Due[]): Promise<number> => {
  const ids = hosts.map(({ id }) => id)
  const expected = await expectedOn(world, ids)
  const well: string[] = []
  const ill: string[] = []
  await Promise.all(
    hosts.map(async (host) => {
      const found = await within(
        ANSWER_MS,
        Promise.resolve().then(() => world.hosts.open({ ...host, fence: world.fence?.(host.id) }).listMachines()),
      )
      const list = isWhole(found, expected.get(host.id) ?? []) ? well : ill
      list.push(host.id)
    }),
  )
  if (well.length > 0)
    await sql`insert into host_seen as seen (host, at, epoch)
      select id, now(), epoch from host where id = any(${well}::uuid[]) and state = 'Up' and ${mineOf(world)}
      on conflict (host) do update set at = excluded.at, epoch = excluded.epoch`.execute(world.db)
  if (ill.length > 0) await world.jobs.wakeMany(world.db, 'host', ill)
  return ill.length
}

/**
 * Looks at all hosts of this manager that are due: each answers and runs what it should. Those that do not are left to
 * their reconcilers. One look costs a host one command and the database a share of three statements.
 */
export const pulse = async (world: World): Promise<{ readonly looked: number; readonly ill: number }> => {
  const due = await dueHosts(world)
  let next = 0
  let ill = 0
  const worker = async (): Promise<void> => {
    while (next < due.length) {
      const chunk = due.slice(next, next + CHUNK)
      next += CHUNK
      ill += await look(world, chunk)
    }
  }
  await Promise.all(Array.from({ length: CHUNKS }, worker))
  return { looked: due.length, ill }
}
