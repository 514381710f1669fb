import { sql, type Transaction } from 'kysely'
import type { Database } from '../../model/database.ts'
import { reviseVpc } from '../../model/vpc.ts'
import { addGuestNic } from '../network/router.ts'
import { addRouterNic } from '../router/create.ts'
import type { World } from '../world.ts'

/** Tiers in use that the router has no nic in. */
const bareTiers = (trx: Transaction<Database>, router: string, vpc: string) =>
  trx
    .selectFrom('network')
    .select(['id', 'name', 'cidr', 'gateway', 'redundant'])
    .where('vpc', '=', vpc)
    .where('vni', 'is not', null)
    .where('state', 'in', ['Implementing', 'Implemented'])
    .where(sql<boolean>`not exists (select from nic where router = ${router} and nic.network = network.id)`)
    .orderBy('created')
    .execute()

const bareGateways = (trx: Transaction<Database>, router: string, vpc: string) =>
  trx
    .selectFrom('private_gateway')
    .select(['id', 'address', 'gateway', 'netmask'])
    .where('vpc', '=', vpc)
    .where('state', '=', 'Allocated')
    .where(
      sql<boolean>`not exists (select from nic where router = ${router} and nic.private_gateway = private_gateway.id)`,
    )
    .orderBy('created')
    .execute()

/** Gives the router's row a nic in each tier and private gateway that is wanted; the router's reconciler plugs them. */
export const attachNics = (world: World, router: string, vpc: string): Promise<void> =>
  world.db.transaction().execute(async (trx) => {
    // Two tiers may come at once: one after the other counts the devices.
    await trx.selectFrom('router').select('id').where('id', '=', router).forUpdate().executeTakeFirst()
    const tiers = await bareTiers(trx, router, vpc)
    for (const tier of tiers) await addGuestNic(trx, router, tier)
    const gateways = await bareGateways(trx, router, vpc)
    for (const { id, ...nic } of gateways)
      await addRouterNic(trx, router, { role: 'private', private_gateway: id, ...nic })
    if (tiers.length + gateways.length === 0) return
    const revision = await reviseVpc(trx, vpc)
    for (const { id } of gateways)
      await trx.updateTable('private_gateway').set({ revision }).where('id', '=', id).execute()
    await world.jobs.wake(trx, 'router', router)
  })
