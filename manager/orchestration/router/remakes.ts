import { sql } from 'kysely'
import { restartsDone } from '../done.ts'
import { wakeAll } from '../network/waiting.ts'
import type { World } from '../world.ts'
import { holdRouters } from './hold.ts'
import type { Scope } from './scope.ts'

/** Has a router's machine made anew once more. */
export const remade = { remakes_wanted: sql<number>`remakes_wanted + 1` }

/**
 * All routers of a network or VPC are made anew, in their turn: that was the restart. They are woken here, and by whoever
 * reads their roles.
 */
export const remakeRouters = (world: World, { kind, id }: Scope, wanted: number): Promise<void> =>
  world.db.transaction().execute(async (trx) => {
    await holdRouters(trx, { kind, id })
    const routers = await trx
      .updateTable('router')
      .set(remade)
      .where(kind, '=', id)
      .where('desired', '<>', 'Destroyed')
      .returning('id')
      .execute()
    await trx
      .updateTable(kind)
      .set({ restarts_done: restartsDone(wanted) })
      .where('id', '=', id)
      .where('restarts_done', '<', wanted)
      .execute()
    await wakeAll(
      trx,
      world.jobs,
      'router',
      routers.map((router) => router.id),
    )
  })
