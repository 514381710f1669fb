import { type Kysely, sql } from 'kysely'
import type { MachineState } from '../../hosts/driver.ts'
import { endBackoff } from '../../jobs/backoff.ts'
import type { Database } from '../../model/database.ts'
import type { World } from '../world.ts'

interface Expected {
  readonly kind: 'router' | 'guest'
  readonly id: string
}

/** What should run on the host and is said to. */
const expectedOn = async (db: Kysely<Database>, host: string): Promise<Expected[]> => {
  const { rows } = await sql<Expected>`
    select 'router' as kind, id from router where host = ${host} and desired = 'Running' and state = 'Running'
    union all
    select 'guest' as kind, id from guest where host = ${host} and desired = 'Running' and state = 'Running'`.execute(
    db,
  )
  return rows
}

/** Wakes the owners of machines that should run and do not; their rows stop saying so. Returns how many there are. */
export const reviveMissing = async (world: World, host: string, found: readonly MachineState[]): Promise<number> => {
  const running = new Set(found.filter(({ state }) => state === 'running').map(({ uuid }) => uuid))
  const missing = (await expectedOn(world.db, host)).filter(({ id }) => !running.has(id))
  for (const { kind, id } of missing)
    await world.db.transaction().execute(async (trx) => {
      await trx
        .updateTable(kind)
        .set({ state: 'Starting' })
        .where('id', '=', id)
        .where('state', '=', 'Running')
        .execute()
      await endBackoff(trx, { kind, id })
      await world.jobs.wake(trx, kind, id)
    })
  return missing.length
}

/** A host is up again: its bridges may be gone, and what waited for it need not wait any longer. */
export const hostReturned = async (world: World, host: string): Promise<void> => {
  await world.db.transaction().execute(async (trx) => {
    // Whoever found no room finds a host with room now. In one order, as several hosts return together.
    await sql`
      with waiting as (
        select kind, target from backoff where code in ('SYSVM_CAPACITY', 'SYSVM_HOST_UNREACHABLE')
        order by kind, target for update)
      update backoff set retry_at = now() from waiting
      where backoff.kind = waiting.kind and backoff.target = waiting.target`.execute(trx)
    const networks = await trx.deleteFrom('network_host').where('host', '=', host).returning('network').execute()
    for (const id of networks.map(({ network }) => network).toSorted()) await world.jobs.wake(trx, 'network', id)
    const links = await trx.deleteFrom('vpc_link_host').where('host', '=', host).returning('vpc').execute()
    for (const id of links.map(({ vpc }) => vpc).toSorted()) await world.jobs.wake(trx, 'vpc', id)
  })
}
