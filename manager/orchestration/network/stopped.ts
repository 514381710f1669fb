import { sql } from 'kysely'
import type { Outcome } from '../../jobs/worker.ts'
import type { World } from '../world.ts'

/** Whether somebody waits for a guest of the network that is to run. */
const isAwaited = async (world: World, network: string): Promise<boolean> => {
  const { rows } = await sql`
    select from nic
    join guest on guest.id = nic.guest and guest.desired = 'Running' and guest.state in ('Starting', 'Stopped')
    join async_job on async_job.target_kind = 'guest' and async_job.target = guest.id and async_job.jobstatus = 0
    where nic.network = ${network} limit 1`.execute(world.db)
  return rows.length > 0
}

/**
 * Somebody stopped the network's router, or both of two. What is changed meanwhile is done: the router is told everything when it
 * starts. A guest that is started cannot do without it, so it is started too, as in CloudStack.
 */
export const serveStopped = async (
  world: World,
  network: string,
  routers: readonly { readonly id: string; readonly state: string }[],
): Promise<Outcome> => {
  const ids = routers.map(({ id }) => id)
  if (routers.every(({ state }) => state === 'Stopped')) {
    if (!(await isAwaited(world, network))) return 'converged'
    await world.db
      .updateTable('router')
      .set({ desired: 'Running' })
      .where('id', 'in', ids)
      .where('desired', '=', 'Stopped')
      .execute()
  }
  for (const id of ids) await world.jobs.wake(world.db, 'router', id)
  return 'waiting'
}
