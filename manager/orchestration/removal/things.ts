import type { Kysely } from 'kysely'
import type { Database } from '../../model/database.ts'
import { lockGuest, networksOfGuest, reviseGuest } from '../../model/guest.ts'
import { guestsOfNetwork, lockNetwork, reviseNetwork, reviseNetworks } from '../../model/network.ts'
import { heldBy } from '../../model/removal.ts'
import { lockVpc, reviseVpc, usedOfVpc } from '../../model/vpc.ts'
import type { World } from '../world.ts'

const idsOf = async (
  db: Kysely<Database>,
  table: 'guest' | 'network' | 'vpc',
  account: string,
): Promise<readonly string[]> => {
  const rows = await db.selectFrom(table).select('id').where('account', '=', account).orderBy('id').execute()
  return rows.map(({ id }) => id)
}

/** Has the guest gone with its disk and addresses; its routers hear of it. */
const expunge = ({ db, jobs }: World, id: string): Promise<void> =>
  db.transaction().execute(async (trx) => {
    const guest = await lockGuest(trx, id)
    if (guest === undefined || guest.desired === 'Expunged') return
    await reviseGuest(trx, id, { desired: 'Expunged' })
    const networks = await networksOfGuest(trx, id)
    await reviseNetworks(trx, networks)
    for (const network of networks) await jobs.wake(trx, 'network', network)
    await jobs.wake(trx, 'guest', id)
  })

const destroyNetwork = ({ db, jobs }: World, id: string): Promise<void> =>
  db.transaction().execute(async (trx) => {
    const network = await lockNetwork(trx, id)
    if (network === undefined || network.state === 'Destroy' || (await guestsOfNetwork(trx, id)) > 0) return
    await reviseNetwork(trx, id, { state: 'Destroy' })
    await jobs.wake(trx, 'network', id)
  })

const destroyVpc = ({ db, jobs }: World, id: string): Promise<void> =>
  db.transaction().execute(async (trx) => {
    const vpc = await lockVpc(trx, id)
    if (vpc === undefined || vpc.state === 'Inactive' || (await usedOfVpc(trx, id)).tiers.length > 0) return
    await reviseVpc(trx, id, { state: 'Inactive' })
    await jobs.wake(trx, 'vpc', id)
  })

/** Reserved addresses that nothing uses; others leave with what they belong to. */
const freeAddresses = async ({ db }: World, account: string): Promise<void> => {
  await db
    .updateTable('public_ip')
    .set({ account: null, allocated: null, reserved: false })
    .where('account', '=', account)
    .where('network', 'is', null)
    .where('vpc', 'is', null)
    .execute()
}

/** Asks for the end of all that an account has in the world; true when nothing is left. */
export const clearWorld = async (world: World, account: string): Promise<boolean> => {
  for (const id of await idsOf(world.db, 'guest', account)) await expunge(world, id)
  for (const id of await idsOf(world.db, 'network', account)) await destroyNetwork(world, id)
  for (const id of await idsOf(world.db, 'vpc', account)) await destroyVpc(world, id)
  await freeAddresses(world, account)
  const { guests, networks, vpcs, addresses } = await heldBy(world.db, account)
  return guests + networks + vpcs + addresses === 0
}
