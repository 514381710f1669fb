import type { Status } from '@sysvm/agent/api'
import { isSysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import type { HostDriver } from '../../hosts/driver.ts'
import { endBackoff } from '../../jobs/backoff.ts'
import type { Outcome, Reconcile } from '../../jobs/worker.ts'
import type { Database } from '../../model/database.ts'
import type { RouterTable } from '../../model/schema.ts'
import { placeOnHost } from '../../placement/index.ts'
import { driverOf } from '../hosts.ts'
import { distrustBridges, hasBridge } from '../network/bridges.ts'
import { routerName, type World } from '../world.ts'
import { type Committed, commitRouter } from './commit.ts'
import { awaitRouter, shutDownRouter, withRouter } from './control.ts'
import { routerMachine, routerNeed, systemImage } from './machine.ts'
import { createPacer } from './pacer.ts'
import { readRouterRows } from './rows.ts'

type Router = Selectable<RouterTable>

const place = async (world: World, router: Router): Promise<string> => {
  if (router.host !== null) return router.host
  const need = await routerNeed(world)
  return world.db.transaction().execute(async (trx) => {
    const host = await placeOnHost(trx, router.zone, need, (host) =>
      trx.updateTable('router').set({ host }).where('id', '=', router.id).execute(),
    )
    await world.jobs.wake(trx, 'network', router.network)
    return host
  })
}

const destroy = async (world: World, router: Router): Promise<Outcome> => {
  await world.db.updateTable('router').set({ state: 'Stopping' }).where('id', '=', router.id).execute()
  if (router.host !== null) await (await driverOf(world, router.host)).destroyMachine(routerName(router.number))
  await world.at('router.destroyed')
  // Last of all: as long as the row lives, its machine, addresses and nics belong to it.
  await world.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('router').where('id', '=', router.id).execute()
    await world.jobs.wake(trx, 'network', router.network)
  })
  return 'converged'
}

const stop = async (world: World, router: Router): Promise<Outcome> => {
  if (router.host !== null && router.state !== 'Stopped') {
    await world.db.updateTable('router').set({ state: 'Stopping' }).where('id', '=', router.id).execute()
    await shutDownRouter(world, await driverOf(world, router.host), router, routerName(router.number))
  }
  await world.db.updateTable('router').set({ state: 'Stopped' }).where('id', '=', router.id).execute()
  return 'converged'
}

const boot = async (world: World, router: Router, driver: HostDriver): Promise<void> => {
  const image = router.image ?? (await systemImage(world))
  if (router.image === null) await world.db.updateTable('router').set({ image }).where('id', '=', router.id).execute()
  const { machine, publicBridge } = await routerMachine(world, router.id, image)
  await driver.ensureControlNetwork()
  await driver.ensureNetwork({ id: 'public', bridge: publicBridge, isolation: { kind: 'bridge' }, mtu: 1500 })
  await driver.ensureImage(world.imageFolder(image))
  await world.at('router.prepared')
  if (router.reboots_wanted > router.reboots_done) await shutDownRouter(world, driver, router, machine.name)
  try {
    await driver.ensureMachine(machine)
  } catch (error) {
    if (router.host !== null) await distrustBridges(world, router.host, [router.network])
    throw error
  }
  await world.at('router.booted')
}

const finish = async (world: World, router: Router, committed: Committed): Promise<void> => {
  await world.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('router')
      .set({ ...committed, state: 'Running', reboots_done: router.reboots_wanted })
      .where('id', '=', router.id)
      .execute()
    await endBackoff(trx, { kind: 'network', id: router.network })
    await world.jobs.wake(trx, 'network', router.network)
  })
}

/** Its network, and through it the guests, learn why it is not served. */
export const routerFailed =
  (world: World) =>
  async (trx: Transaction<Database>, id: string): Promise<void> => {
    const router = await trx.selectFrom('router').select('network').where('id', '=', id).executeTakeFirst()
    if (router) await world.jobs.wake(trx, 'network', router.network)
  }

/** One router: its machine runs on a host and holds the spec of its network's newest revision. */
export const createRouterReconciler = (world: World): Reconcile => {
  const pacer = createPacer(world)

  /** The agent's answer; a machine that runs is not touched, and one that does not answer is made to run first. */
  const reach = async (router: Router, driver: HostDriver): Promise<Status> => {
    if (router.state === 'Running' && router.reboots_wanted === router.reboots_done)
      try {
        return await withRouter(world, driver, router, (client) => client.request<Status>('GET', '/v1/status'))
      } catch (error) {
        world.log.warn({ router: router.id, err: error }, 'a router does not answer; seeing to its machine')
      }
    await world.db.updateTable('router').set({ state: 'Starting' }).where('id', '=', router.id).execute()
    await boot(world, router, driver)
    return awaitRouter(world, driver, router)
  }

  const run = async (router: Router): Promise<Outcome> => {
    const host = await place(world, router)
    await world.at('router.placed')
    if (!(await hasBridge(world, router.network, host))) return 'waiting'
    const driver = await driverOf(world, host)
    const status = await reach(router, driver)
    await pacer.turn(router)
    // Read as late as can be: everything that changed while the machine booted goes into the same commit.
    const rows = await readRouterRows(world.db, router.id)
    if (rows === undefined) return 'converged'
    const committed = await commitRouter(world, driver, router, rows, status)
    if (committed.generation !== router.generation) pacer.done(router.id)
    await finish(world, router, committed)
    return 'converged'
  }

  return async (id) => {
    const router = await world.db.selectFrom('router').selectAll().where('id', '=', id).executeTakeFirst()
    if (router === undefined) {
      pacer.forget(id)
      return 'converged'
    }
    if (router.desired === 'Destroyed') return destroy(world, router)
    if (router.desired === 'Stopped') return stop(world, router)
    try {
      return await run(router)
    } catch (error) {
      // A refused spec leaves it serving its old generation: only what is new is in error.
      if (!isSysvmError(error, 'SYSVM_ROUTER_COMMIT'))
        await world.db.updateTable('router').set({ state: 'Error' }).where('id', '=', id).execute()
      throw error
    }
  }
}
