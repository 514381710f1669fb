import { type Selectable, sql, type Transaction } from 'kysely'
import type { Database } from '../../model/database.ts'
import type { VpcTable } from '../../model/schema.ts'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { addGuestNic } from '../network/router.ts'
import { wakeAll } from '../network/waiting.ts'
import { addRouterNic } from '../router/create.ts'
import { holdRouters } from '../router/hold.ts'
import type { World } from '../world.ts'

/** Tiers in use that the router has no nic in. */
const bareTiers = (trx: Transaction<Database>, router: string, vpc: string) =>
  trx
    .selectFrom('network')
    .select(['id', 'name', 'cidr', 'gateway'])
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

type Vpc = Pick<Selectable<VpcTable>, 'id' | 'redundant'>

/** Nics of one router in all that it has none in; the private gateways among that. */
const attachTo = async (trx: Transaction<Database>, router: string, { id, redundant }: Vpc) => {
  const tiers = await bareTiers(trx, router, id)
  for (const tier of tiers) await addGuestNic(trx, router, { ...tier, redundant })
  const gateways = await bareGateways(trx, router, id)
  for (const { id: gateway, ...nic } of gateways)
    await addRouterNic(trx, router, { role: 'private', private_gateway: gateway, ...nic })
  return { count: tiers.length + gateways.length, gateways: gateways.map((gateway) => gateway.id) }
}

/** The same for all routers of a VPC; they are told of it from the revision that it gets. */
export const attachAll = async (trx: Transaction<Database>, vpc: Vpc, routers: readonly string[]): Promise<boolean> => {
  let count = 0
  const fresh = new Set<string>()
  for (const router of routers) {
    const attached = await attachTo(trx, router, vpc)
    count += attached.count
    for (const gateway of attached.gateways) fresh.add(gateway)
  }
  if (count === 0) return false
  const revision = await reviseVpc(trx, vpc.id)
  for (const id of fresh) await trx.updateTable('private_gateway').set({ revision }).where('id', '=', id).execute()
  return true
}

/**
 * Gives the rows of the VPC's routers a nic in each tier and private gateway that is wanted; the routers' reconcilers plug
 * them.
 */
export const attachNics = (world: World, vpc: string): Promise<void> =>
  world.db.transaction().execute(async (trx) => {
    // Two tiers may come at once: one after the other counts the devices.
    const routers = await holdRouters(trx, { kind: 'vpc', id: vpc })
    // Whose addresses are taken is held, and the VPC last (model/lock.ts).
    await sql`select from network where vpc = ${vpc} and state in ('Implementing', 'Implemented')
      and exists (select from router where router.vpc = ${vpc} and router.desired <> 'Destroyed'
        and not exists (select from nic where nic.router = router.id and nic.network = network.id))
      order by id for update`.execute(trx)
    const row = await lockVpc(trx, vpc)
    if (row === undefined) return
    const ids = routers.map(({ id }) => id)
    // Also of two for a while each has an address of its own.
    const two = { id: vpc, redundant: row.redundant || row.renews !== null }
    if (await attachAll(trx, two, ids)) await wakeAll(trx, world.jobs, 'router', ids)
  })
