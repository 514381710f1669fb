import { type Selectable, sql, type Transaction } from 'kysely'
import type { Database } from '../../model/database.ts'
import type { VpcTable } from '../../model/schema.ts'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { allocateLink } from '../../placement/index.ts'
import { restartsDone } from '../done.ts'
import { makeRoom, wantedRanks } from '../network/router.ts'
import { wakeAll } from '../network/waiting.ts'
import { addPublicNic, inherit, insertRouter, type Renewed } from '../router/create.ts'
import { holdRouters } from '../router/hold.ts'
import { addLinkNics } from '../router/link.ts'
import { remade } from '../router/remakes.ts'
import type { Rank } from '../router/scope.ts'
import type { World } from '../world.ts'
import { attachAll } from './nics.ts'

type Vpc = Selectable<VpcTable>

/** What a VPC has of its routers; `held` is the revision of it that they have. */
export const routersOfVpc = ({ db }: World, vpc: string) =>
  db
    .selectFrom('router')
    .innerJoin('vpc', 'vpc.id', 'router.vpc')
    .leftJoin('backoff', (join) => join.onRef('backoff.target', '=', 'router.id').on('backoff.kind', '=', 'router'))
    .select(['router.id', 'router.state', 'router.desired', 'router.reason', 'router.rank', 'router.redundant_state'])
    .select(['router.remakes_wanted', 'router.remakes_done', 'router.next_firmware', 'router.revision as held'])
    .select(['router.image', 'router.next_image', 'router.moving', 'router.target_host', 'router.may_pause'])
    .select('backoff.failures')
    // Of what it failed at before something was changed it is not judged.
    .select(sql<string | null>`case when backoff.revision >= vpc.revision then backoff.code end`.as('failed'))
    .where('router.vpc', '=', vpc)
    .orderBy('router.rank')
    .execute()

export type VpcRouter = Awaited<ReturnType<typeof routersOfVpc>>[number]

/** Of two that hear each other each has an address of its own in every tier. */
const linkRouters = async (trx: Transaction<Database>, vpc: Vpc): Promise<void> => {
  await allocateLink(trx, vpc)
  await addLinkNics(trx, vpc.id)
  const tiers = await trx
    .selectFrom('network')
    .select(['id', 'name', 'cidr', 'gateway'])
    .where('vpc', '=', vpc.id)
    .orderBy('created')
    .execute()
  for (const tier of tiers) await makeRoom(trx, tier)
}

/**
 * Whether a router that was one of two until now has yet to hear that it is alone. One that came beside it meanwhile would
 * get its nic on the link, and it none.
 */
const leavesLink = async (trx: Transaction<Database>, world: World, vpc: string): Promise<boolean> => {
  const leaving = await trx
    .selectFrom('nic')
    .innerJoin('router', 'router.id', 'nic.router')
    .select('router.id')
    .where('router.vpc', '=', vpc)
    .where('router.desired', '<>', 'Destroyed')
    .where('nic.role', '=', 'link')
    .where('nic.leaving', '=', true)
    .execute()
  const ids = leaving.map(({ id }) => id)
  await wakeAll(trx, world.jobs, 'router', ids)
  return ids.length > 0
}

/**
 * The rows of the routers that a VPC lacks with everything they own, in one transaction: one of two that is there without
 * its nic on their link would serve as if it were alone. Counts as the restart that was asked for, and of two the one that
 * is there is made anew in its turn; but not where it `renews` that one, and is of an image of its own. None yet while one
 * that is there has a nic to give up.
 */
export const createVpcRouters = (
  world: World,
  { id: vpcId }: Vpc,
  missing: readonly Rank[],
  renews: Renewed | null = null,
): Promise<readonly string[]> =>
  world.db.transaction().execute(async (trx) => {
    await holdRouters(trx, { kind: 'vpc', id: vpcId })
    // Both will have addresses in each tier.
    await sql`select from network where vpc = ${vpcId} order by id for update`.execute(trx)
    const row = await lockVpc(trx, vpcId)
    if (row === undefined || (await leavesLink(trx, world, vpcId))) return []
    const vpc = { ...row, redundant: row.redundant || renews !== null }
    const scope = { kind: 'vpc', id: vpc.id } as const
    const { services, networkmode } = await trx
      .selectFrom('vpc_offering')
      .select(['services', 'networkmode'])
      .where('id', '=', vpc.offering)
      .executeTakeFirstOrThrow()
    // Not before it has another one beside it: until then it may serve.
    if (renews === null && vpc.redundant && vpc.restarts_wanted > vpc.restarts_done)
      await trx.updateTable('router').set(remade).where('vpc', '=', vpc.id).execute()
    const made: string[] = []
    for (const rank of missing) {
      const router = await insertRouter(trx, world, vpc.zone, scope, rank)
      if (renews !== null) await inherit(trx, router, renews)
      // Routed tiers leave by a public address too, under their own.
      if (services.SourceNat !== undefined || networkmode === 'ROUTED') await addPublicNic(trx, router, scope)
      made.push(router)
    }
    if (vpc.redundant) await linkRouters(trx, vpc)
    await attachAll(trx, vpc, made)
    // The router that is there already hears of the other one.
    if (missing.length < wantedRanks(vpc).length) await reviseVpc(trx, vpc.id)
    await trx
      .updateTable('vpc')
      .set(renews === null ? { restarts_done: restartsDone(vpc.restarts_wanted) } : { renews: renews.id })
      .where('id', '=', vpc.id)
      .execute()
    await wakeAll(trx, world.jobs, 'router', made)
    return made
  })
