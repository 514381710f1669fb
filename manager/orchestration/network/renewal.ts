import { type ErrorCode, isSysvmError, SysvmError } from '@sysvm/errors'
import type { Selectable } from 'kysely'
import { isPermanentCode } from '../../jobs/backoff.ts'
import { addressed } from '../../model/addressed.ts'
import { reviseNetwork } from '../../model/network.ts'
import { whyAlone } from '../../model/offering.ts'
import type { NetworkTable, RouterTable } from '../../model/schema.ts'
import { holdPlacement, placeOnHost } from '../../placement/index.ts'
import { restartsDone } from '../done.ts'
import { failWaiting } from '../move/lost.ts'
import { removeRouter } from '../router/create.ts'
import { routerNeed } from '../router/machine.ts'
import { couldServe } from '../router/pair.ts'
import { ranks } from '../router/scope.ts'
import { upgradeFailed } from '../router/upgrade.ts'
import type { World } from '../world.ts'
import { type Cause, causeOf, imageFor } from './cause.ts'
import { createRouters } from './router.ts'
import type { Serving } from './tier.ts'

type Network = Selectable<NetworkTable>
type Router = Selectable<RouterTable>

/** One that serves is replaced by way of a second one; what does not serve has nothing to lose. */
export const canRenew = async (
  { db }: World,
  network: Network,
  router: Pick<Router, 'state' | 'desired' | 'reason'>,
): Promise<boolean> => {
  if (router.state !== 'Running' || router.desired !== 'Running' || router.reason !== null) return false
  const offering = await db
    .selectFrom('network_offering')
    .selectAll()
    .where('id', '=', network.offering)
    .executeTakeFirstOrThrow()
  return whyAlone(offering) === undefined
}

/** Its network replaces it by way of a second one: it is not taken down for what that one will have. */
export const isRenewedInstead = async (world: World, router: Router): Promise<boolean> => {
  if (router.network === null) return false
  const network = await world.db
    .selectFrom('network')
    .selectAll()
    .where('id', '=', router.network)
    .executeTakeFirstOrThrow()
  if (network.redundant || network.renews !== null) return network.renews === router.id
  if (causeOf(network, router) === undefined || !(await canRenew(world, network, router))) return false
  await world.jobs.wake(world.db, 'network', network.id)
  return true
}

/** Waits for room, or there is no address: of hosts and of networks alike. */
const NO_ROOM = 'SYSVM_CAPACITY'

/**
 * Puts a second router beside the one that is to go: the two share its addresses for a while. False where the network has
 * not the two addresses for that.
 */
export const beginRenewal = async (world: World, network: Network, old: Serving, cause: Cause): Promise<boolean> => {
  const missing = ranks.filter((rank) => rank !== old.rank)
  const renewed = { id: old.id, image: imageFor(cause, old) }
  const ids = await createRouters(world, { ...network, redundant: true }, missing, renewed).catch((error: unknown) => {
    if (isSysvmError(error, NO_ROOM)) return undefined
    throw error
  })
  if (ids === undefined) return false
  await world.at('network.renewal')
  for (const id of [old.id, ...ids]) await world.jobs.wake(world.db, 'router', id)
  return true
}

/** There cannot be a second one: it goes as it would without one, with the pause that this takes. */
export const goAlone = async (world: World, network: Network, old: Serving, cause: Cause): Promise<void> => {
  if (cause === 'restart') return removeRouter(world, old.id)
  await world.db.transaction().execute(async (trx) => {
    await trx.updateTable('router').set({ may_pause: true }).where('id', '=', old.id).execute()
    await world.jobs.wake(trx, 'router', old.id)
    if (network.renews !== null) await world.jobs.wake(trx, 'network', network.id)
  })
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

/** Attempts after which a machine that does not start, or does not answer, will not. */
const ATTEMPTS = 2

/** Why the two will not come to share what the old one has: either has said so for good. */
const hindrance = (old: Serving, fresh: Serving): SysvmError | undefined => {
  const isHopeless = ({ failed, failures }: Serving): boolean =>
    failed !== null && failed !== NO_ROOM && (isPermanentCode(failed) || (failures ?? 0) >= ATTEMPTS)
  const refuses = old.failed === 'SYSVM_ROUTER_COMMIT' ? old : undefined
  const failing = refuses ?? (isHopeless(fresh) ? fresh : undefined)
  if (failing === undefined) return undefined
  return new SysvmError(
    failing.failed as ErrorCode,
    `The router was not replaced, and serves on: ${failing.reason ?? failing.failed}`,
    { details: { router: failing.id } },
  )
}

const noRoom = ({ id, name }: Network): SysvmError =>
  new SysvmError(
    NO_ROOM,
    `No host has room for another router of the network ${name}, and the end of its own would make none: it serves on. Add a host, or enable one.`,
    { details: { network: id } },
  )

/**
 * The old one stays: what serves is not given up for what has no place, or does not come up. A host that is emptied is
 * left all the same, and a new image for which there is no room is taken in place.
 */
const giveUp = async (
  world: World,
  network: Network,
  { old, fresh, cause }: { readonly old: Router; readonly fresh: string; readonly cause: Cause },
  why: SysvmError,
): Promise<void> => {
  world.log.warn({ network: network.id, router: old.id, err: why }, 'a router is not replaced by way of a second one')
  await world.db.transaction().execute(async (trx) => {
    if (cause === 'restart') {
      await trx
        .updateTable('network')
        .set({ restarts_done: restartsDone(network.restarts_wanted) })
        .where('id', '=', network.id)
        .execute()
      await failWaiting(trx, { kind: 'network', id: network.id }, 'restartNetwork', why)
      return
    }
    const refused = cause === 'upgrade' && why.code !== NO_ROOM
    await trx
      .updateTable('router')
      .set(refused ? { next_image: null } : { may_pause: true })
      .where('id', '=', old.id)
      .execute()
    if (refused)
      await failWaiting(trx, { kind: 'router', id: old.id }, 'upgradeRouterTemplate', upgradeFailed(old, why))
  })
  await world.at('network.renewal.failed')
  await removeRouter(world, fresh)
}

/** Once it was given up the new one goes, and then the old one serves alone as before. */
const withdraw = async (world: World, network: Network, fresh: Serving | undefined): Promise<void> => {
  if (fresh === undefined) return endRenewal(world, network)
  if (fresh.desired !== 'Destroyed') await removeRouter(world, fresh.id)
}

/** The next step of a renewal: the old router goes when the new one has all its connections. */
export const continueRenewal = async (world: World, network: Network, routers: readonly Serving[]): Promise<void> => {
  const old = routers.find(({ id }) => id === network.renews)
  if (old === undefined) return endRenewal(world, network)
  if (old.desired === 'Destroyed') return
  const fresh = routers.find(({ id }) => id !== old.id)
  const cause = causeOf(network, old)
  if (cause === undefined) return withdraw(world, network, fresh)
  if (fresh === undefined) {
    if (!(await beginRenewal(world, network, old, cause))) await goAlone(world, network, old, cause)
    return
  }
  const rowOf = (id: string) => world.db.selectFrom('router').selectAll().where('id', '=', id).executeTakeFirst()
  const [leaving, coming] = [await rowOf(old.id), await rowOf(fresh.id)]
  if (leaving === undefined || coming === undefined || coming.desired === 'Destroyed') return
  if (coming.state === 'Running' && (await couldServe(world, coming, leaving))) return removeRouter(world, old.id)
  const given = { old: leaving, fresh: fresh.id, cause }
  if (await lacksRoom(world, fresh.id)) {
    if (cause === 'restart' && (await makesRoom(world, leaving, coming))) return removeRouter(world, old.id)
    return giveUp(world, network, given, noRoom(network))
  }
  const why = hindrance(old, fresh)
  if (why !== undefined) await giveUp(world, network, given, why)
}
