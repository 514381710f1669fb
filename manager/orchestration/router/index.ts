import { setTimeout as sleep } from 'node:timers/promises'
import type { Status } from '@sysvm/agent/api'
import { isSysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import type { HostDriver } from '../../hosts/driver.ts'
import { endBackoff } from '../../jobs/backoff.ts'
import type { Outcome, Reconcile } from '../../jobs/worker.ts'
import type { Database } from '../../model/database.ts'
import { freeReleased } from '../../model/release.ts'
import type { RouterTable } from '../../model/schema.ts'
import { holdPlacement, placeOnHost } from '../../placement/index.ts'
import { rebootsDone } from '../done.ts'
import { driverOf } from '../hosts.ts'
import { settleHost } from '../move/index.ts'
import { hasBridge } from '../network/bridges.ts'
import { isRenewedInstead } from '../renewal/index.ts'
import { routerName, type World } from '../world.ts'
import { type Committed, commitRouter, isOfCommit, revisionOf } from './commit.ts'
import { awaitRouter, shutDownRouter, withRouter } from './control.ts'
import { forgetConnection } from './kept.ts'
import { linkNic } from './link.ts'
import { routerNeed } from './machine.ts'
import { machineNics } from './nics.ts'
import { createPacer } from './pacer.ts'
import { isToRest, mayRest, peerOf, whoComesFirst, whoIsPatchedFirst } from './pair.ts'
import { type Patched, patchRouter } from './patch.ts'
import { bootRouter, dropLeavingNics, plugNics, unplugNics } from './plug.ts'
import { noteRemoteAccess } from './remote-access.ts'
import { remakeRouter, replaceRouter } from './replace.ts'
import { scopeOf } from './scope.ts'
import { forgetServedPasswords } from './served.ts'
import { readRouterState } from './state.ts'
import { keepUpgrade, takeBackUpgrade, upgradeFailed, upgradeRouter } from './upgrade.ts'
import { ensurePublicNics } from './uplinks.ts'

type Router = Selectable<RouterTable>

/** Longest wait for a machine that runs to say how it is, in milliseconds. */
const STATUS_MS = 15_000

/** Those that wait for the router: what it serves, and of a VPC each tier. */
const wakeServed = async (trx: Transaction<Database>, world: World, router: Router): Promise<void> => {
  const scope = scopeOf(router)
  await world.jobs.wake(trx, scope.kind, scope.id)
  if (scope.kind === 'network') return
  const tiers = await trx.selectFrom('network').select('id').where('vpc', '=', scope.id).orderBy('id').execute()
  for (const { id } of tiers) await world.jobs.wake(trx, 'network', id)
}

const place = async (world: World, router: Router): Promise<string> => {
  if (router.host !== null) return router.host
  return world.db.transaction().execute(async (trx) => {
    // Two of a pair that are placed at once see each other.
    await holdPlacement(trx, router.zone)
    const need = await routerNeed({ ...world, db: trx }, router)
    const host = await placeOnHost(trx, router.zone, need, (host) =>
      trx.updateTable('router').set({ host }).where('id', '=', router.id).execute(),
    )
    await wakeServed(trx, world, router)
    return host
  })
}

const destroy = async (world: World, router: Router): Promise<Outcome> => {
  await world.db.updateTable('router').set({ state: 'Stopping' }).where('id', '=', router.id).execute()
  if (router.host !== null) {
    const driver = await driverOf(world, router.host)
    if (router.state === 'Running') await forgetServedPasswords(world, driver, router)
    // Its last word is that the other one serves.
    if (router.state === 'Running' && (await peerOf(world, router)) !== undefined)
      await shutDownRouter(world, driver, router)
    await forgetConnection(world, router.id)
    await driver.destroyMachine(routerName(router.number))
  }
  await world.at('router.destroyed')
  // Last of all: as long as the row lives, its machine, addresses and nics belong to it.
  await world.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('router').where('id', '=', router.id).execute()
    await freeReleased(trx, scopeOf(router), null)
    await wakeServed(trx, world, router)
    if (router.moving && router.host !== null) await world.jobs.wake(trx, 'host', router.host)
  })
  return 'converged'
}

const stop = async (world: World, router: Router): Promise<Outcome> => {
  if (router.host !== null && router.state !== 'Stopped') {
    await world.db.updateTable('router').set({ state: 'Stopping' }).where('id', '=', router.id).execute()
    await shutDownRouter(world, await driverOf(world, router.host), router)
  }
  const dropped = await dropLeavingNics(world, router)
  // Who is served wakes it while it is not stopped: it wakes them no more once it is.
  if (router.state === 'Stopped' && !dropped) return 'converged'
  // Jobs that wait for it are done: it is told everything when it starts.
  await world.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('router')
      .set({ state: 'Stopped', redundant_state: 'UNKNOWN' })
      .where('id', '=', router.id)
      .execute()
    await wakeServed(trx, world, router)
  })
  return 'converged'
}

/** Writes down what the machine holds now; false where all of that was known. */
const remember = async (
  trx: Transaction<Database>,
  router: Router,
  { networks, ...committed }: Committed,
): Promise<boolean> => {
  const { generation, spec_sha256, revision } = committed
  const told = await trx
    .updateTable('router')
    .set({ ...committed, state: 'Running', reboots_done: rebootsDone(router.reboots_wanted) })
    .where('id', '=', router.id)
    .where((eb) =>
      eb.or([
        eb('state', '<>', 'Running'),
        eb('reboots_done', '<', router.reboots_wanted),
        eb('generation', 'is distinct from', generation),
        eb('spec_sha256', 'is distinct from', spec_sha256),
        eb('revision', 'is distinct from', revision),
      ]),
    )
    .executeTakeFirst()
  let changed = told.numUpdatedRows > 0n
  for (const { id: network, revision } of networks) {
    const held = await trx
      .insertInto('router_network')
      .values({ router: router.id, network, revision })
      .onConflict((conflict) =>
        conflict
          .columns(['router', 'network'])
          .doUpdateSet({ revision })
          .where('router_network.revision', '<>', revision),
      )
      .executeTakeFirst()
    if ((held.numInsertedOrUpdatedRows ?? 0n) > 0n) changed = true
  }
  return changed
}

const finish = async (world: World, router: Router, committed: Committed): Promise<void> => {
  await world.db.transaction().execute(async (trx) => {
    const changed = await remember(trx, router, committed)
    await freeReleased(trx, scopeOf(router), committed.revision)
    // Whoever is served wakes it until it has all: with nothing new the two would wake each other for ever.
    if (!changed) return
    await endBackoff(trx, scopeOf(router))
    await wakeServed(trx, world, router)
  })
}

/** What it serves, and through that the guests, learn why they are not served. */
export const routerFailed =
  (world: World) =>
  async (trx: Transaction<Database>, id: string): Promise<void> => {
    const router = await trx.selectFrom('router').selectAll().where('id', '=', id).executeTakeFirst()
    if (router) await wakeServed(trx, world, router)
  }

/**
 * An isolated network's router is nothing without its network; a VPC's takes its tiers as they come, but one of two does
 * not begin before it can hear the other one.
 */
const canStart = async (world: World, router: Router, host: string): Promise<boolean> => {
  const needs = router.network !== null || (router.vpc !== null && (await linkNic(world.db, router.id)) !== undefined)
  return !needs || hasBridge(world, scopeOf(router), host)
}

/**
 * Read as late as can be, so that everything that changed while the machine booted goes into the same commit. What is
 * read is held with its revision: a nic that came since the others were plugged is plugged before it is read again.
 */
const plugAll = async (world: World, router: Router, host: string, driver: HostDriver) => {
  for (;;) {
    const unplugged = await plugNics(world, router, host, driver).then(
      () => undefined,
      (error: unknown) => error,
    )
    const state = await readRouterState(world, router.id)
    await ensurePublicNics(world, router)
    const late = (await machineNics(world.db, router.id)).some(
      ({ segment, plugged, leaving }) => segment === null && !plugged && !leaving,
    )
    if (!late || unplugged !== undefined) return { state, unplugged }
  }
}

const SERVE_AGAIN_MS = 60_000
const PAUSE_MS = 250

/** What an image is to blame for; a host that does not answer says nothing about it. */
const isUnfit = (error: unknown): boolean =>
  isSysvmError(error, 'SYSVM_ROUTER_COMMIT') ||
  isSysvmError(error, 'SYSVM_ROUTER_UNREACHABLE') ||
  isSysvmError(error, 'SYSVM_MACHINE_START') ||
  isSysvmError(error, 'SYSVM_IMAGE_INVALID')

/** Its machine does not start, or nobody answers there. */
const isDown = (error: unknown): boolean =>
  isSysvmError(error, 'SYSVM_ROUTER_UNREACHABLE') || isSysvmError(error, 'SYSVM_MACHINE_START')

/** One router: its machine runs on a host and holds the spec of the newest revision of what it serves. */
export const createRouterReconciler = (world: World): Reconcile => {
  const pacer = createPacer(world)

  /** The agent's answer; a machine that runs is not touched, and one that does not answer is made to run first. */
  const reach = async (router: Router, host: string, driver: HostDriver): Promise<Status> => {
    if (router.state === 'Running' && router.reboots_wanted === router.reboots_done)
      try {
        return await withRouter(world, driver, router, (client) =>
          client.request<Status>('GET', '/v1/status', { timeoutMs: STATUS_MS }),
        )
      } catch (error) {
        world.log.warn({ router: router.id, err: error }, 'a router does not answer; seeing to its machine')
      }
    await world.db
      .updateTable('router')
      .set({ state: 'Starting', redundant_state: 'UNKNOWN' })
      .where('id', '=', router.id)
      .execute()
    await forgetConnection(world, router.id)
    await bootRouter(world, router, host, driver)
    return awaitRouter(world, driver, router)
  }

  /** All but the nics that cannot be plugged is committed; then `unplugged` says why those cannot, or why it keeps its firmware. */
  const run = async (router: Router): Promise<{ readonly outcome: Outcome; readonly unplugged?: unknown }> => {
    if (router.host === null) await dropLeavingNics(world, router)
    const host = await place(world, router)
    await world.at('router.placed')
    if (!(await canStart(world, router, host))) return { outcome: 'waiting' }
    const driver = await driverOf(world, host)
    await ensurePublicNics(world, router)
    const status = await reach(router, host, driver)
    await pacer.turn(router)
    const patchedFirst = await whoIsPatchedFirst(world, router)
    const patched: Patched =
      patchedFirst === undefined ? await patchRouter(world, driver, router, status) : { router, status }
    const { state, unplugged = patched.failure } = await plugAll(world, router, host, driver)
    if (state === undefined) return { outcome: 'converged' }
    // Without its nic on the link it would take itself for alone.
    if ((await linkNic(world.db, router.id))?.plugged === false) {
      if (unplugged !== undefined) throw unplugged
      return { outcome: 'waiting' }
    }
    const other = await whoComesFirst(world, router, revisionOf(state))
    if (other !== undefined) {
      await world.jobs.wake(world.db, 'router', other.id)
      return { outcome: 'waiting' }
    }
    const committed = await commitRouter(world, driver, patched.router, state, patched.status)
    if (committed.generation !== router.generation) pacer.done(router.id)
    await unplugNics(world, router, driver, new Set(state.base.nics.map(({ id }) => id)))
    await noteRemoteAccess(world, state, (work) => withRouter(world, driver, router, work))
    await finish(world, router, committed)
    if (patchedFirst === undefined) return { outcome: 'converged', unplugged }
    await world.jobs.wake(world.db, 'router', patchedFirst.id)
    return { outcome: 'waiting', unplugged }
  }

  /** Until its bridge, which a failed start casts doubt on, is made sure of: the failure that is told then would hold it up. */
  const serveAgain = async (router: Router): Promise<void> => {
    for (let waited = 0; waited < SERVE_AGAIN_MS; waited += PAUSE_MS) {
      if ((await run(router)).outcome === 'converged') return
      await world.db.transaction().execute((trx) => wakeServed(trx, world, router))
      await sleep(PAUSE_MS)
    }
  }

  const noteFailure = async (router: Router, error: unknown): Promise<void> => {
    if (isDown(error)) await replaceRouter(world, router)
    // A spec that is refused, or was late to serve, leaves it serving its old generation: only what is new is in error.
    if (!isOfCommit(error))
      await world.db.updateTable('router').set({ state: 'Error' }).where('id', '=', router.id).execute()
  }

  const attempt = async (found: Router): ReturnType<typeof run> => {
    const router = await upgradeRouter(world, await remakeRouter(world, found))
    try {
      const done = await run(router)
      if (done.outcome === 'converged') await keepUpgrade(world, router)
      return done
    } catch (error) {
      if (router.former_image !== null && isUnfit(error)) {
        await serveAgain(await takeBackUpgrade(world, router, router.former_image))
        throw upgradeFailed(router, error)
      }
      await noteFailure(router, error)
      throw error
    }
  }

  /** What it waits for with its replacement does not hold up what else is new; nor that it does not answer. */
  const serveMeanwhile = async (router: Router): Promise<Outcome> => {
    try {
      await run({ ...router, next_firmware: null })
    } catch (error) {
      await noteFailure(router, error)
      throw error
    }
    return 'waiting'
  }

  const rowOf = (id: string) => world.db.selectFrom('router').selectAll().where('id', '=', id).executeTakeFirst()

  return async (id) => {
    const found = await rowOf(id)
    if (found !== undefined && found.desired === 'Running' && isToRest(found)) {
      const serves = (await isRenewedInstead(world, found)) || !(await mayRest(world, found))
      if (serves) return serveMeanwhile(found)
    }
    const move =
      found && (await settleHost(world, { kind: 'router', row: found, need: () => routerNeed(world, found) }))
    if (move === 'waiting') return 'waiting'
    const router = move === 'moved' ? await rowOf(id) : found
    if (router === undefined) {
      pacer.forget(id)
      return 'converged'
    }
    if (router.desired === 'Destroyed') return destroy(world, router)
    if (router.desired === 'Stopped') return stop(world, router)
    const { outcome, unplugged } = await attempt(router)
    if (unplugged !== undefined) throw unplugged
    return outcome
  }
}
