import type { Selectable, Transaction } from 'kysely'
import type { Outcome } from '../../jobs/worker.ts'
import type { Database } from '../../model/database.ts'
import type { HostTable } from '../../model/schema.ts'
import { hostAccess } from '../hosts.ts'
import type { World } from '../world.ts'
import { clear, rememberHost } from './former.ts'

type Host = Selectable<HostTable>

/** False: it does not answer, and is off, says whoever removed it by force. */
const isCleared = async (world: World, host: Host): Promise<boolean> => {
  try {
    await clear(world, await hostAccess(world, host.id))
    return true
  } catch (error) {
    world.log.warn({ host: host.id, err: error }, 'a host that is removed by force keeps its machines until it is back')
    return false
  }
}

/**
 * Routers start elsewhere, and so do guests that are highly available, from their templates: their disks were there.
 * The other guests are no more.
 */
const giveUp = async (trx: Transaction<Database>, world: World, host: Host): Promise<void> => {
  const nowhere = { host: null, target_host: null, moving: false } as const
  const routers = await trx
    .updateTable('router')
    .set({ ...nowhere, state: 'Starting' })
    .where('host', '=', host.id)
    .returning('id')
    .execute()
  const ids = routers.map(({ id }) => id)
  if (ids.length > 0) await trx.updateTable('nic').set({ plugged: false }).where('router', 'in', ids).execute()
  const revived = await trx
    .updateTable('guest')
    .set({ ...nowhere, state: 'Starting' })
    .where('host', '=', host.id)
    .where('haenable', '=', true)
    .where('desired', '=', 'Running')
    .returning('id')
    .execute()
  const lost = await trx
    .updateTable('guest')
    .set({ ...nowhere, desired: 'Expunged' })
    .where('host', '=', host.id)
    .returning('id')
    .execute()
  const guests = [...revived, ...lost]
  for (const id of ids.toSorted()) await world.jobs.wake(trx, 'router', id)
  for (const { id } of guests.toSorted((a, b) => (a.id < b.id ? -1 : 1))) await world.jobs.wake(trx, 'guest', id)
}

/** Nothing of the host is left among hosts; of its machines, where it was removed by force, neither, once it answers. */
export const removeHost = async (world: World, host: Host): Promise<Outcome> => {
  const cleared = !host.abandoned || (await isCleared(world, host))
  await world.db.transaction().execute(async (trx) => {
    if (host.abandoned) await giveUp(trx, world, host)
    await trx.deleteFrom('network_host').where('host', '=', host.id).execute()
    await trx.deleteFrom('vpc_link_host').where('host', '=', host.id).execute()
    if (!cleared) await rememberHost(trx, world, host)
    await trx.deleteFrom('host').where('id', '=', host.id).execute()
  })
  await world.hosts.forget(host.id)
  return 'converged'
}
