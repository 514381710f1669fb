import { isSysvmError } from '@sysvm/errors'
import { type Selectable, sql, type Transaction } from 'kysely'
import type { Outcome, Reconcile } from '../../jobs/worker.ts'
import type { Database } from '../../model/database.ts'
import type { VpcTable } from '../../model/schema.ts'
import { lockVpc } from '../../model/vpc.ts'
import { releasePublicIps } from '../../placement/index.ts'
import { blockedBy } from '../blocked.ts'
import { restartsDone } from '../done.ts'
import { spreadLink } from '../network/bridges.ts'
import { judge } from '../network/judge.ts'
import { wantedRanks } from '../network/router.ts'
import { wakeAll } from '../network/waiting.ts'
import { forgetRenewal, seeToOne } from '../renewal/index.ts'
import { vpcSubject } from '../renewal/subject.ts'
import { removeRouter } from '../router/create.ts'
import { remakeRouters } from '../router/remakes.ts'
import { type Rank, ranks } from '../router/scope.ts'
import type { World } from '../world.ts'
import { attachNics } from './nics.ts'
import { createVpcRouters, routersOfVpc, type VpcRouter } from './routers.ts'

type Vpc = Selectable<VpcTable>

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
  const routers = await routersOfVpc(world, vpc.id)
  for (const { id } of routers) await removeRouter(world, id)
  if (routers.length > 0) return 'waiting'
  await spreadLink(world, vpc.id)
  await world.at('vpc.cleared')
  await world.db.transaction().execute(async (trx) => {
    await releasePublicIps(trx, { kind: 'vpc', id: vpc.id })
    await trx.deleteFrom('vpc').where('id', '=', vpc.id).execute()
  })
  return 'converged'
}

/** The link of two routers that are one again, once nobody has a nic on it and no host its bridge. */
const dropLink = async (trx: Transaction<Database>, vpc: string): Promise<void> => {
  const link = await trx.selectFrom('vpc_link').select('vni').where('vpc', '=', vpc).executeTakeFirst()
  const row = link && (await lockVpc(trx, vpc))
  if (row === undefined || row.redundant || row.renews !== null) return
  await sql`delete from vpc_link where vpc = ${vpc}
    and not exists (select from nic join router on router.id = nic.router where nic.role = 'link' and router.vpc = ${vpc})
    and not exists (select from vpc_link_host join host on host.id = vpc_link_host.host
      where vpc_link_host.vpc = ${vpc} and host.state <> 'Down')`.execute(trx)
}

/** Private gateways that were given up and whose nic the router no longer has. */
const dropGateways = async (trx: Transaction<Database>, vpc: string): Promise<void> => {
  await sql`delete from private_gateway where vpc = ${vpc} and state = 'Destroy'
    and not exists (select from nic where nic.private_gateway = private_gateway.id)`.execute(trx)
}

const create = async (world: World, vpc: Vpc, missing: readonly Rank[]): Promise<void> => {
  await createVpcRouters(world, vpc, missing)
  await world.at('vpc.router')
  await world.db.transaction().execute((trx) => wakeTiers(trx, world, vpc.id))
}

const implement = async (world: World, vpc: Vpc): Promise<Outcome> => {
  const routers = await routersOfVpc(world, vpc.id)
  const replace = vpc.restarts_wanted > vpc.restarts_done
  const staying = routers.filter(({ desired }) => desired !== 'Destroyed')
  const subject = vpcSubject(vpc)
  if (!vpc.redundant && (vpc.renews !== null || routers.length > 0))
    return seeToOne(world, subject, routers, () => serve(world, vpc))
  await forgetRenewal(world, subject)
  const missing = wantedRanks(vpc).filter((rank) => !routers.some((router) => router.rank === rank))
  if (vpc.redundant && replace && staying.length === ranks.length)
    await remakeRouters(world, { kind: 'vpc', id: vpc.id }, vpc.restarts_wanted)
  if (missing.length === 0) return staying.length === 0 ? 'waiting' : serve(world, vpc)
  try {
    await create(world, vpc, missing)
  } catch (error) {
    if (staying.length === 0 || !isSysvmError(error, 'SYSVM_CAPACITY')) throw error
    world.log.warn({ vpc: vpc.id, err: error }, 'there is no address for a second router')
    const outcome = await serve(world, vpc)
    if (!replace) return outcome
    await countRestart(world.db, vpc)
    throw error
  }
  return 'waiting'
}

/** It has failed, and is not tried again. */
const countRestart = (db: World['db'], { id, restarts_wanted }: Vpc) =>
  db
    .updateTable('vpc')
    .set({ restarts_done: restartsDone(restarts_wanted) })
    .where('id', '=', id)
    .execute()

/** In service as soon as its routers hold its newest revision; one of two that cannot is not waited for. */
const serve = async (world: World, vpc: Vpc): Promise<Outcome> => {
  await attachNics(world, vpc.id)
  await spreadLink(world, vpc.id)
  const routers = await routersOfVpc(world, vpc.id)
  if (routers.every(({ desired }) => desired === 'Stopped')) return serveStopped(world, vpc.id, routers)
  const { revision } = await world.db
    .selectFrom('vpc')
    .select('revision')
    .where('id', '=', vpc.id)
    .executeTakeFirstOrThrow()
  const { wake, served, blocker } = judge(routers, { revision })
  for (const { id } of wake) await world.jobs.wake(world.db, 'router', id)
  if (blocker !== undefined) throw blockedBy(blocker, vpc.name, { vpc: vpc.id })
  if (!served) return 'waiting'
  await settle(world, vpc.id)
  return 'converged'
}

/** What its routers have let go of is nobody's from now on. */
const settle = (world: World, vpc: string): Promise<void> =>
  world.db.transaction().execute(async (trx) => {
    await dropLink(trx, vpc)
    await dropGateways(trx, vpc)
  })

/** What is changed while its routers are stopped is done as soon as they have let go of the nics that leave. */
const serveStopped = async (world: World, vpc: string, routers: readonly VpcRouter[]): Promise<Outcome> => {
  const ids = routers.map(({ id }) => id)
  const leaving = await world.db
    .selectFrom('nic')
    .select('id')
    .where('router', 'in', ids)
    .where('leaving', '=', true)
    .executeTakeFirst()
  if (routers.some(({ state }) => state !== 'Stopped') || leaving !== undefined) {
    for (const id of ids) await world.jobs.wake(world.db, 'router', id)
    return 'waiting'
  }
  await settle(world, vpc)
  return 'converged'
}

/** From the start when it says so, else from its first tier in use. */
const isNeeded = async (world: World, vpc: Vpc): Promise<boolean> => {
  if (vpc.start || vpc.restarts_wanted > vpc.restarts_done) return true
  if ((await routersOfVpc(world, vpc.id)).length > 0) return true
  return (await tiersOf(world.db, vpc.id)).some(({ state }) => state === 'Implementing' || state === 'Implemented')
}

/** Tiers learn why they have no router, and through them their guests. */
export const vpcFailed =
  (world: World) =>
  (trx: Transaction<Database>, id: string): Promise<void> =>
    wakeTiers(trx, world, id)

/** One VPC: its routers exist as long as they are needed, with a nic in each tier in use and each private gateway. */
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
