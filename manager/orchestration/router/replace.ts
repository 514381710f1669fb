import { isSysvmError } from '@sysvm/errors'
import { type Selectable, sql, type Transaction } from 'kysely'
import type { Database } from '../../model/database.ts'
import { freeReleased } from '../../model/release.ts'
import type { RouterTable } from '../../model/schema.ts'
import { holdPlacement, placeOnHost } from '../../placement/index.ts'
import { driverOf } from '../hosts.ts'
import { routerName, type World } from '../world.ts'
import { shutDownRouter } from './control.ts'
import { forgetConnection } from './kept.ts'
import { routerNeed } from './machine.ts'
import { peerOf } from './pair.ts'
import { scopeOf } from './scope.ts'
import { forgetServedPasswords } from './served.ts'

type Router = Selectable<RouterTable>

/** The row of a machine that is no more: it is placed and booted as if it had never been, with the same nics. */
const nowhere = {
  host: null,
  target_host: null,
  moving: false,
  state: 'Starting',
  revision: 0,
  redundant_state: 'UNKNOWN',
  flows_own: null,
  flows_peer: null,
  ill_since: null,
  joined: null,
} as const

/** What its machine held is nowhere now: nobody waits any more until it lets go of it. */
const forgetHeld = async (trx: Transaction<Database>, router: Router): Promise<void> => {
  await trx.updateTable('nic').set({ plugged: false }).where('router', '=', router.id).execute()
  await trx.deleteFrom('router_network').where('router', '=', router.id).execute()
}

/** Makes a router's machine anew, of the newest image and on whichever host. Nothing changes for the other one of two; one that is alone is out of service meanwhile. */
export const remakeRouter = async (world: World, router: Router): Promise<Router> => {
  if (router.remakes_wanted <= router.remakes_done) return router
  if (router.host !== null) {
    const driver = await driverOf(world, router.host)
    if (router.state === 'Running') await forgetServedPasswords(world, driver, router)
    await shutDownRouter(world, driver, router)
    await driver.destroyMachine(routerName(router.number))
  }
  await world.at('router.remade')
  return world.db.transaction().execute(async (trx) => {
    await forgetHeld(trx, router)
    const row = await trx
      .updateTable('router')
      .set({ ...nowhere, image: null, former_image: null, next_image: null, next_firmware: null, patch_forced: false })
      .set({ remakes_done: sql`least(remakes_wanted, ${router.remakes_wanted}::integer)` })
      .where('id', '=', router.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await freeReleased(trx, scopeOf(router), null)
    return row
  })
}

const SERVES: ReadonlySet<string> = new Set(['PRIMARY', 'BACKUP'])

/**
 * One of two that does not come up starts on another host. Fenced first: its host has destroyed it, or nothing is done,
 * since it may serve. Its nics and addresses are those it had, so that nothing changes for the other one.
 */
export const replaceRouter = async (world: World, router: Router): Promise<void> => {
  const now = await world.db.selectFrom('router').selectAll().where('id', '=', router.id).executeTakeFirst()
  const peer = now && (await peerOf(world, now))
  // It may serve though nobody answers: not while the other one could not take over.
  if (now?.host == null || peer?.state !== 'Running' || !SERVES.has(peer.redundant_state)) return
  const failed = now.host
  await (await driverOf(world, failed)).destroyMachine(routerName(now.number))
  await forgetConnection(world, now.id)
  await world.at('router.fenced')
  await world.db.transaction().execute(async (trx) => {
    await holdPlacement(trx, now.zone)
    await forgetHeld(trx, now)
    const go = (host: string | null) =>
      trx
        .updateTable('router')
        .set({ ...nowhere, host })
        .where('id', '=', now.id)
        .execute()
    await go(null)
    await freeReleased(trx, scopeOf(now), null)
    const need = await routerNeed({ ...world, db: trx }, now, failed)
    try {
      await placeOnHost(trx, now.zone, need, go)
    } catch (error) {
      // It waits for room as any router does.
      if (!isSysvmError(error)) throw error
    }
    const { kind, id } = scopeOf(now)
    await world.jobs.wake(trx, kind, id)
  })
  world.log.warn({ router: now.id, host: failed }, 'a router of two did not come up, and starts elsewhere')
}
