import { type Selectable, sql, type Transaction } from 'kysely'
import type { Outcome, Reconcile } from '../../jobs/worker.ts'
import type { Database } from '../../model/database.ts'
import type { VpcTable } from '../../model/schema.ts'
import { releasePublicIps } from '../../placement/index.ts'
import { failIfVpcBlocked } from '../blocked.ts'
import { restartsDone } from '../done.ts'
import { wakeAll } from '../network/waiting.ts'
import { addPublicNic, insertRouter, removeRouter } from '../router/create.ts'
import type { World } from '../world.ts'
import { attachNics } from './nics.ts'

type Vpc = Selectable<VpcTable>

const routerOf = (world: World, vpc: string) =>
  world.db.selectFrom('router').select(['id', 'state', 'desired', 'revision']).where('vpc', '=', vpc).executeTakeFirst()

const tiersOf = (db: World['db'] | Transaction<Database>, vpc: string) =>
  db.selectFrom('network').select(['id', 'state']).where('vpc', '=', vpc).orderBy('created').execute()

const wakeTiers = async (trx: Transaction<Database>, world: World, vpc: string): Promise<void> =>
  wakeAll(
    trx,
    world.jobs,
    'network',
    (await tiersOf(trx, vpc)).filter(({ state }) => state !== 'Allocated').map(({ id }) => id),
  )

const destroy = async (world: World, vpc: Vpc): Promise<Outcome> => {
  const tiers = await tiersOf(world.db, vpc.id)
  if (tiers.length > 0) return 'waiting'
  const router = await routerOf(world, vpc.id)
  if (router) {
    await removeRouter(world, router.id)
    return 'waiting'
  }
  await world.at('vpc.cleared')
  await world.db.transaction().execute(async (trx) => {
    await releasePublicIps(trx, { kind: 'vpc', id: vpc.id })
    await trx.deleteFrom('vpc').where('id', '=', vpc.id).execute()
  })
  return 'converged'
}

/** The router's row with what it owns beside the tiers. Counts as the restart that was asked for. */
const createRouter = (world: World, vpc: Vpc): Promise<string> =>
  world.db.transaction().execute(async (trx) => {
    const scope = { kind: 'vpc', id: vpc.id } as const
    const router = await insertRouter(trx, world, vpc.zone, scope)
    const { services, networkmode } = await trx
      .selectFrom('vpc_offering')
      .select(['services', 'networkmode'])
      .where('id', '=', vpc.offering)
      .executeTakeFirstOrThrow()
    // Routed tiers leave by a public address too, under their own.
    if (services.SourceNat !== undefined || networkmode === 'ROUTED') await addPublicNic(trx, router, scope)
    await trx
      .updateTable('vpc')
      .set({ restarts_done: restartsDone(vpc.restarts_wanted) })
      .where('id', '=', vpc.id)
      .execute()
    return router
  })

/** Private gateways that were given up and whose nic the router no longer has. */
const dropGateways = async (trx: Transaction<Database>, vpc: string): Promise<void> => {
  await sql`delete from private_gateway where vpc = ${vpc} and state = 'Destroy'
    and not exists (select from nic where nic.private_gateway = private_gateway.id)`.execute(trx)
}

const implement = async (world: World, vpc: Vpc): Promise<Outcome> => {
  const router = await routerOf(world, vpc.id)
  const replace = vpc.restarts_wanted > vpc.restarts_done
  if (router && replace && router.desired !== 'Destroyed') await removeRouter(world, router.id)
  if (router && (replace || router.desired === 'Destroyed')) return 'waiting'
  if (router === undefined) {
    const id = await createRouter(world, vpc)
    await world.at('vpc.router')
    await attachNics(world, id, vpc.id)
    await world.db.transaction().execute(async (trx) => {
      await world.jobs.wake(trx, 'router', id)
      await wakeTiers(trx, world, vpc.id)
    })
    return 'waiting'
  }
  await attachNics(world, router.id, vpc.id)
  if (router.desired === 'Stopped') return serveStopped(world, vpc.id, router)
  await failIfVpcBlocked(world.db, vpc.id)
  const { revision } = await world.db
    .selectFrom('vpc')
    .select('revision')
    .where('id', '=', vpc.id)
    .executeTakeFirstOrThrow()
  if (router.state !== 'Running' || router.revision < revision) {
    await world.jobs.wake(world.db, 'router', router.id)
    return 'waiting'
  }
  await world.db.transaction().execute((trx) => dropGateways(trx, vpc.id))
  return 'converged'
}

/** What is changed while its router is stopped is done as soon as the router has let go of the nics that leave. */
const serveStopped = async (
  world: World,
  vpc: string,
  router: { readonly id: string; readonly state: string },
): Promise<Outcome> => {
  const leaving = await world.db
    .selectFrom('nic')
    .select('id')
    .where('router', '=', router.id)
    .where('leaving', '=', true)
    .executeTakeFirst()
  if (router.state !== 'Stopped' || leaving !== undefined) {
    await world.jobs.wake(world.db, 'router', router.id)
    return 'waiting'
  }
  await world.db.transaction().execute((trx) => dropGateways(trx, vpc))
  return 'converged'
}

/** From the start when it says so, else from its first tier in use. */
const isNeeded = async (world: World, vpc: Vpc): Promise<boolean> => {
  if (vpc.start || vpc.restarts_wanted > vpc.restarts_done) return true
  if ((await routerOf(world, vpc.id)) !== undefined) return true
  return (await tiersOf(world.db, vpc.id)).some(({ state }) => state === 'Implementing' || state === 'Implemented')
}

/** Tiers learn why they have no router, and through them their guests. */
export const vpcFailed =
  (world: World) =>
  (trx: Transaction<Database>, id: string): Promise<void> =>
    wakeTiers(trx, world, id)

/** One VPC: its router exists as long as it is needed, with a nic in each tier in use and each private gateway. */
export const createVpcReconciler =
  (world: World): Reconcile =>
  async (id) => {
    const vpc = await world.db.selectFrom('vpc').selectAll().where('id', '=', id).executeTakeFirst()
    if (vpc === undefined) return 'converged'
    if (vpc.state === 'Inactive') return destroy(world, vpc)
    if (await isNeeded(world, vpc)) return implement(world, vpc)
    await world.db.transaction().execute((trx) => dropGateways(trx, vpc.id))
    return 'converged'
  }
