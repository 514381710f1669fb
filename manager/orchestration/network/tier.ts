import { type Selectable, sql } from 'kysely'
import type { NetworkTable } from '../../model/schema.ts'
import { reviseVpc } from '../../model/vpc.ts'
import type { World } from '../world.ts'

type Network = Selectable<NetworkTable>

/** Code of what a router failed at last, unless something was changed since. */
const failedAt = sql<string | null>`case when backoff.revision >= coalesce(
  (select revision from vpc where vpc.id = router.vpc),
  (select revision from network where network.id = router.network)) then backoff.code end`

/** What a network has of its routers; of a tier, the VPC's. */
export const routersOf = (world: World, { id, vpc }: Pick<Network, 'id' | 'vpc'>) =>
  world.db
    .selectFrom('router')
    .leftJoin('router_network', (join) =>
      join.onRef('router_network.router', '=', 'router.id').on('router_network.network', '=', id),
    )
    .leftJoin('nic', (join) => join.onRef('nic.router', '=', 'router.id').on('nic.network', '=', id))
    .select(['router.id', 'router.state', 'router.desired', 'router.reason', 'router.rank'])
    .leftJoin('backoff', (join) => join.onRef('backoff.target', '=', 'router.id').on('backoff.kind', '=', 'router'))
    .select(['router.redundant_state', failedAt.as('failed')])
    .select(['router.image', 'router.next_image', 'router.moving', 'router.target_host', 'router.may_pause'])
    .select('backoff.failures')
    .select(['router.remakes_wanted', 'router.remakes_done', 'router.next_firmware'])
    .select(['router_network.revision as held', 'nic.id as nic'])
    .where(vpc === null ? 'router.network' : 'router.vpc', '=', vpc ?? id)
    .orderBy('router.rank')
    .execute()

export type Serving = Awaited<ReturnType<typeof routersOf>>[number]

/** Has the tier's nics taken from its routers, which go on serving the others. False while one has it. */
export const leaveRouters = async (world: World, network: Network): Promise<boolean> => {
  const having = (await routersOf(world, network)).filter(({ nic }) => nic !== null)
  for (const { id, nic } of having) await leave(world, network, id, nic ?? '')
  return having.length === 0
}

const leave = async (world: World, network: Network, router: string, nic: string): Promise<void> => {
  await world.db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('nic')
      .set({ leaving: true })
      .where('id', '=', nic)
      .where('leaving', '=', false)
      .executeTakeFirst()
    if (numUpdatedRows > 0n && network.vpc !== null) await reviseVpc(trx, network.vpc)
    await world.jobs.wake(trx, 'router', router)
  })
}
