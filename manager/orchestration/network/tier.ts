import type { Selectable } from 'kysely'
import type { NetworkTable } from '../../model/schema.ts'
import { reviseVpc } from '../../model/vpc.ts'
import type { World } from '../world.ts'

type Network = Selectable<NetworkTable>

/** What a network has of its router; of a tier, the VPC's. */
export const routerOf = async (world: World, { id, vpc }: Pick<Network, 'id' | 'vpc'>) =>
  world.db
    .selectFrom('router')
    .leftJoin('router_network', (join) =>
      join.onRef('router_network.router', '=', 'router.id').on('router_network.network', '=', id),
    )
    .leftJoin('nic', (join) => join.onRef('nic.router', '=', 'router.id').on('nic.network', '=', id))
    .select(['router.id', 'router.state', 'router.desired', 'router_network.revision as held', 'nic.id as nic'])
    .where(vpc === null ? 'router.network' : 'router.vpc', '=', vpc ?? id)
    .executeTakeFirst()

/** Has the tier's nic taken from its router, which goes on serving the others. False while it has it. */
export const leaveRouter = async (world: World, network: Network): Promise<boolean> => {
  const router = await routerOf(world, network)
  if (router === undefined || router.nic === null) return true
  const nic = router.nic
  await world.db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('nic')
      .set({ leaving: true })
      .where('id', '=', nic)
      .where('leaving', '=', false)
      .executeTakeFirst()
    if (numUpdatedRows > 0n && network.vpc !== null) await reviseVpc(trx, network.vpc)
    await world.jobs.wake(trx, 'router', router.id)
  })
  return false
}
