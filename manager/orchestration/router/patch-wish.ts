import type { SysvmError } from '@sysvm/errors'
import { type Selectable, sql, type Transaction } from 'kysely'
import { failJobs } from '../../jobs/completion.ts'
import type { Database } from '../../model/database.ts'
import type { RouterTable } from '../../model/schema.ts'
import type { World } from '../world.ts'
import { scopeOf } from './scope.ts'

type Router = Selectable<RouterTable>

/** It is fulfilled or given up; that for a newer image, which came meanwhile, is not. */
export const wishEnds = (image: string) => ({
  next_firmware: sql<null>`nullif(next_firmware, ${image})`,
  patch_forced: sql<boolean>`patch_forced and next_firmware is distinct from ${image}`,
})

/** Whoever asked for firmware in one of these routers, be it an older one that this took the place of; other restarts go on. */
const askers = async (trx: Transaction<Database>, router: Router, routers: readonly string[]): Promise<string[]> => {
  const { kind, id } = scopeOf(router)
  const served =
    kind === 'vpc' ? sql`select id from network where vpc = ${id} union select ${id}::uuid` : sql`select ${id}::uuid`
  const { rows } = await sql<{ id: string }>`
    select id from async_job where jobstatus = 0 and (
      (cmd = 'patchSystemVm' and target = any(${[...routers]}::uuid[]))
      or (firmware is not null and target in (${served})))`.execute(trx)
  return rows.map((job) => job.id)
}

/**
 * What did not come up in one router is tried in no other of the same network or VPC. Whoever asked is told in the same
 * transaction: later nobody would know what for.
 */
export const giveUpPatch = (world: World, router: Router, image: string, failure: SysvmError): Promise<Router> =>
  world.db.transaction().execute(async (trx) => {
    const { kind, id } = scopeOf(router)
    const rows = await trx
      .updateTable('router')
      .set(wishEnds(image))
      .where(kind, '=', id)
      .where('next_firmware', '=', image)
      .returningAll()
      .execute()
    await failJobs(
      trx,
      await askers(
        trx,
        router,
        rows.map((one) => one.id),
      ),
      failure,
    )
    const row = rows.find((one) => one.id === router.id)
    return row ?? trx.selectFrom('router').selectAll().where('id', '=', router.id).executeTakeFirstOrThrow()
  })
