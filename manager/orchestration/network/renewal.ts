import { isSysvmError, SysvmError } from '@sysvm/errors'
import type { Selectable } from 'kysely'
import { addressed } from '../../model/addressed.ts'
import { reviseNetwork } from '../../model/network.ts'
import { whyAlone } from '../../model/offering.ts'
import type { NetworkTable, RouterTable } from '../../model/schema.ts'
import { holdPlacement, placeOnHost } from '../../placement/index.ts'
import { restartsDone } from '../done.ts'
import { removeRouter } from '../router/create.ts'
import { routerNeed } from '../router/machine.ts'
import { couldServe } from '../router/pair.ts'
import { ranks } from '../router/scope.ts'
import type { World } from '../world.ts'
import { createRouters } from './router.ts'
import type { Serving } from './tier.ts'

type Network = Selectable<NetworkTable>
type Router = Selectable<RouterTable>

/** One that serves is replaced by way of a second one; what does not serve has nothing to lose. */
export const canRenew = async ({ db }: World, network: Network, router: Serving): Promise<boolean> => {
  if (router.state !== 'Running' || router.desired !== 'Running' || router.reason !== null) return false
  const offering = await db
    .selectFrom('network_offering')
    .selectAll()
    .where('id', '=', network.offering)
    .executeTakeFirstOrThrow()
  return whyAlone(offering) === undefined
}

/** Waits for room, or there is no address: of hosts and of networks alike. */
const NO_ROOM = 'SYSVM_CAPACITY'

/**
 * Puts a second router beside the one that is to go: the two share its addresses for a while. False where the network has
 * not the two addresses for that.
 */
export const beginRenewal = async (world: World, network: Network, old: Serving): Promise<boolean> => {
  const missing = ranks.filter((rank) => rank !== old.rank)
  const ids = await createRouters(world, { ...network, redundant: true }, missing, old.id).catch((error: unknown) => {
    if (isSysvmError(error, NO_ROOM)) return undefined
    throw error
  })
  if (ids === undefined) return false
  await world.at('network.renewal')
  for (const id of [old.id, ...ids]) await world.jobs.wake(world.db, 'router', id)
  return true
}

/** Who is left serves alone, under the addresses that both had: that was the restart. */
const endRenewal = (world: World, network: Network): Promise<void> =>
  world.db.transaction().execute(async (trx) => {
    await reviseNetwork(trx, network.id, {
      renews: null,
      restarts_done: restartsDone(network.restarts_wanted) as never,
    })
    await trx
      .updateTable('nic')
      .set({ address: addressed(network).gateway })
      .where('network', '=', network.id)
      .where('router', 'is not', null)
      .execute()
    await world.jobs.wake(trx, 'network', network.id)
  })

const lacksRoom = async ({ db }: World, router: string): Promise<boolean> => {
  const row = await db
    .selectFrom('backoff')
    .select('code')
    .where('kind', '=', 'router')
    .where('target', '=', router)
    .executeTakeFirst()
  return row?.code === NO_ROOM
}

/** Whether the new one had a host if the old one were gone. Tried and undone, so that placement's own rules decide. */
const makesRoom = async (world: World, old: Router, fresh: Router): Promise<boolean> => {
  const undone = new Error('undone')
  let found = false
  const attempt = world.db.transaction().execute(async (trx) => {
    await holdPlacement(trx, old.zone)
    await trx.updateTable('router').set({ host: null, target_host: null }).where('id', '=', old.id).execute()
    const need = await routerNeed({ ...world, db: trx }, fresh)
    await placeOnHost(trx, old.zone, need, async () => {
      found = true
    })
    throw undone
  })
  await attempt.catch((error: unknown) => {
    if (error !== undone && !isSysvmError(error)) throw error
  })
  return found
}

/** The old one stays: what serves is not given up for what has no place. */
const giveUp = async (world: World, network: Network, fresh: Serving): Promise<void> => {
  await world.db
    .updateTable('network')
    .set({ restarts_done: restartsDone(network.restarts_wanted) })
    .where('id', '=', network.id)
    .execute()
  await removeRouter(world, fresh.id)
}

/** Once it was given up the new one goes, then the old one serves alone as before, and only then the restart has failed. */
const withdraw = async (world: World, network: Network, fresh: Serving | undefined): Promise<void> => {
  if (fresh !== undefined) {
    if (fresh.desired !== 'Destroyed') await removeRouter(world, fresh.id)
    return
  }
  await endRenewal(world, network)
  throw new SysvmError(
    NO_ROOM,
    `No host has room for another router of the network ${network.name}, and the end of its own would make none: it serves on. Add a host, or enable one.`,
    { details: { network: network.id } },
  )
}

/** The next step of a renewal: the old router goes when the new one has all its connections. */
export const continueRenewal = async (world: World, network: Network, routers: readonly Serving[]): Promise<void> => {
  const old = routers.find(({ id }) => id === network.renews)
  if (old === undefined) return endRenewal(world, network)
  if (old.desired === 'Destroyed') return
  const fresh = routers.find(({ id }) => id !== old.id)
  if (network.restarts_wanted <= network.restarts_done) return withdraw(world, network, fresh)
  if (fresh === undefined) {
    if (!(await beginRenewal(world, network, old))) await removeRouter(world, old.id)
    return
  }
  const rowOf = (id: string) => world.db.selectFrom('router').selectAll().where('id', '=', id).executeTakeFirst()
  const [leaving, coming] = [await rowOf(old.id), await rowOf(fresh.id)]
  if (leaving === undefined || coming === undefined || coming.desired === 'Destroyed') return
  if (coming.state === 'Running' && (await couldServe(world, coming, leaving))) return removeRouter(world, old.id)
  if (!(await lacksRoom(world, fresh.id))) return
  if (await makesRoom(world, leaving, coming)) return removeRouter(world, old.id)
  return giveUp(world, network, fresh)
}
