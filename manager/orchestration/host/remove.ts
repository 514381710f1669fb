import { setTimeout as sleep } from 'node:timers/promises'
import type { Selectable, Transaction } from 'kysely'
import type { Outcome } from '../../jobs/worker.ts'
import type { Database } from '../../model/database.ts'
import type { HostTable } from '../../model/schema.ts'
import { hostAccess } from '../hosts.ts'
import type { World } from '../world.ts'

const ROUNDS = 20
const PAUSE_MS = 250

type Host = Selectable<HostTable>

/** What the manager made there ends. One that does not answer is off, says whoever removed it by force. */
const clear = async (world: World, host: Host): Promise<void> => {
  try {
    const driver = world.hosts.open(await hostAccess(world, host.id))
    // Whoever was at work on one when the host was removed may start it once more.
    for (let round = 0; round < ROUNDS; round++) {
      const machines = await driver.listMachines()
      if (machines.length === 0 && round > 0) return
      for (const { name } of machines) await driver.destroyMachine(name)
      await sleep(PAUSE_MS)
    }
  } catch (error) {
    world.log.warn({ host: host.id, err: error }, 'a host that is removed by force keeps its machines')
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

/** Nothing of the host is left in the database; of its machines, where it was removed by force, neither. */
export const removeHost = async (world: World, host: Host): Promise<Outcome> => {
  if (host.abandoned) await clear(world, host)
  await world.db.transaction().execute(async (trx) => {
    if (host.abandoned) await giveUp(trx, world, host)
    await trx.deleteFrom('network_host').where('host', '=', host.id).execute()
    await trx.deleteFrom('host').where('id', '=', host.id).execute()
  })
  await world.hosts.forget(host.id)
  return 'converged'
}
