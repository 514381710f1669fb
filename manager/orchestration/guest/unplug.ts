import type { Selectable } from 'kysely'
import { lockInOrder } from '../../model/lock.ts'
import { reviseNetworks } from '../../model/network.ts'
import type { GuestTable } from '../../model/schema.ts'
import type { World } from '../world.ts'

type Guest = Selectable<GuestTable>

/** The machine has these nics; none of them need wait for its router again. */
export const markPlugged = async (world: World, nics: readonly string[]): Promise<void> => {
  if (nics.length === 0) return
  await world.db
    .updateTable('nic')
    .set({ plugged: true })
    .where('id', 'in', [...nics])
    .where('plugged', '=', false)
    .execute()
}

/** Ids of the nics that its machine is to lose; what is asked for after this comes in the next turn. */
export const leavingNics = async (world: World, guest: Guest): Promise<readonly string[]> => {
  const rows = await world.db
    .selectFrom('nic')
    .select('id')
    .where('guest', '=', guest.id)
    .where('leaving', '=', true)
    .execute()
  return rows.map(({ id }) => id)
}

/** Nics that the machine no longer has are gone, and their addresses free; their networks are told. */
export const dropNics = async (world: World, nics: readonly string[]): Promise<void> => {
  if (nics.length === 0) return
  await world.db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('nic')
      .select('network')
      .where('id', 'in', [...nics])
      .orderBy('network')
      .execute()
    const networks = rows.flatMap(({ network }) => (network === null ? [] : [network]))
    await lockInOrder(trx, { networks })
    await trx
      .deleteFrom('nic')
      .where('id', 'in', [...nics])
      .execute()
    await reviseNetworks(trx, networks)
    for (const id of networks) await world.jobs.wake(trx, 'network', id)
  })
}
