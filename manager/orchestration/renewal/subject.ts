import type { Selectable, Transaction } from 'kysely'
import { sql } from 'kysely'
import { addressed } from '../../model/addressed.ts'
import type { Database } from '../../model/database.ts'
import { reviseNetwork } from '../../model/network.ts'
import { whyAlone, whyRouterAlone } from '../../model/offering.ts'
import { newestSystemImage } from '../../model/router.ts'
import type { NetworkTable, VpcTable } from '../../model/schema.ts'
import { reviseVpc } from '../../model/vpc.ts'
import { restartsDone } from '../done.ts'
import { createRouters } from '../network/router.ts'
import type { Renewed } from '../router/create.ts'
import type { Rank, Scope } from '../router/scope.ts'
import { createVpcRouters } from '../vpc/routers.ts'
import type { World } from '../world.ts'

type Network = Selectable<NetworkTable>
type Vpc = Selectable<VpcTable>

/** What has one router, which may be replaced by way of a second one: an isolated network, or a VPC with its tiers. */
export type Subject =
  | { readonly kind: 'network'; readonly row: Network; readonly command: 'restartNetwork'; readonly called: string }
  | { readonly kind: 'vpc'; readonly row: Vpc; readonly command: 'restartVPC'; readonly called: string }

export const networkSubject = (row: Network): Subject => ({
  ...{ kind: 'network', row, command: 'restartNetwork' },
  called: `network ${row.name}`,
})

export const vpcSubject = (row: Vpc): Subject => ({
  ...{ kind: 'vpc', row, command: 'restartVPC' },
  called: `VPC ${row.name}`,
})

export const readSubject = async ({ db }: World, { kind, id }: Scope): Promise<Subject> =>
  kind === 'network'
    ? networkSubject(await db.selectFrom('network').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
    : vpcSubject(await db.selectFrom('vpc').selectAll().where('id', '=', id).executeTakeFirstOrThrow())

/** Two routers can serve it: its offering, and of a VPC those of its tiers, have nothing that only one can do. */
export const suitsTwo = async ({ db }: World, { kind, row }: Subject): Promise<boolean> => {
  if (kind === 'network') {
    const offering = await db
      .selectFrom('network_offering')
      .selectAll()
      .where('id', '=', row.offering)
      .executeTakeFirstOrThrow()
    return whyAlone(offering) === undefined
  }
  const offering = await db
    .selectFrom('vpc_offering')
    .selectAll()
    .where('id', '=', row.offering)
    .executeTakeFirstOrThrow()
  if (whyRouterAlone(offering) !== undefined) return false
  const six = await db
    .selectFrom('network')
    .innerJoin('network_offering', 'network_offering.id', 'network.offering')
    .select('network.id')
    .where('network.vpc', '=', row.id)
    .where('network_offering.internetprotocol', '<>', 'IPv4')
    .executeTakeFirst()
  return six === undefined
}

/** The rows of a second router, with all that the two need to share what the one has. */
export const addSecond = (
  world: World,
  { kind, row }: Subject,
  missing: readonly Rank[],
  renewed: Renewed,
): Promise<readonly string[]> =>
  kind === 'network'
    ? createRouters(world, { ...row, redundant: true }, missing, renewed)
    : createVpcRouters(world, row, missing, renewed)

/** The addresses that both had are the one's own again, in its network and in each tier; a VPC's link is left. */
const unshare = async (trx: Transaction<Database>, { kind, row }: Subject): Promise<void> => {
  if (kind === 'network') {
    await trx
      .updateTable('nic')
      .set({ address: addressed(row).gateway })
      .where('network', '=', row.id)
      .where('router', 'is not', null)
      .execute()
    return
  }
  await sql`update nic set address = network.gateway from network, router
    where network.vpc = ${row.id} and nic.network = network.id and router.id = nic.router`.execute(trx)
  await sql`update nic set leaving = true from router
    where router.vpc = ${row.id} and nic.router = router.id and nic.role = 'link'`.execute(trx)
}

/** Of the newest image, as a restart makes routers: one that was made for the maintenance of a host may not be. */
const isRestarted = async (trx: Transaction<Database>, { kind, row }: Subject): Promise<boolean> => {
  const newest = await newestSystemImage(trx).executeTakeFirst()
  const left = await trx
    .selectFrom('router')
    .select('image')
    .where(kind, '=', row.id)
    .where('desired', '<>', 'Destroyed')
    .execute()
  return newest === undefined || left.every(({ image }) => image === null || image === newest.image)
}

/** Who is left serves alone, under the addresses that both had: that was the restart, where one was asked for. */
export const endRenewal = async (world: World, subject: Subject): Promise<void> => {
  const { kind, row } = subject
  await world.db.transaction().execute(async (trx) => {
    const done = (await isRestarted(trx, subject)) ? { restarts_done: restartsDone(row.restarts_wanted) as never } : {}
    const over = { renews: null, ...done }
    // A network is held before its nics, a VPC after them (model/lock.ts).
    if (kind === 'network') await reviseNetwork(trx, row.id, over)
    await unshare(trx, subject)
    if (kind === 'vpc') await reviseVpc(trx, row.id, over)
    await world.jobs.wake(trx, kind, row.id)
  })
  await world.at(`${kind}.renewed`)
}
