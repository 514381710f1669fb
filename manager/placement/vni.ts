import type { Transaction } from 'kysely'
import type { Database } from '../model/database.ts'
import { exhausted, lockAllocator, smallestFree } from './number.ts'

/** Gives the network a VXLAN identifier of its physical network's range and keeps one it has. */
export const allocateVni = async (trx: Transaction<Database>, networkId: string): Promise<number> => {
  const network = await trx
    .selectFrom('network')
    .innerJoin('physical_network', 'physical_network.id', 'network.physical_network')
    .select(['network.vni', 'physical_network.id', 'physical_network.name', 'vni_from', 'vni_to'])
    .where('network.id', '=', networkId)
    .executeTakeFirstOrThrow()
  if (network.vni !== null) return network.vni
  await lockAllocator(trx, 'vni', network.id)
  const taken = await trx
    .selectFrom('network')
    .select('vni')
    .where('physical_network', '=', network.id)
    .where('vni', 'is not', null)
    .execute()
  const vni = smallestFree(
    taken.map((row) => row.vni ?? 0),
    network.vni_from,
    network.vni_to,
  )
  if (vni === undefined)
    throw exhausted(
      `The physical network ${network.name} has no network identifier left in ${network.vni_from}-${network.vni_to}: widen its vlan range or delete a network.`,
      { physicalNetwork: network.id },
    )
  await trx.updateTable('network').set({ vni }).where('id', '=', networkId).execute()
  return vni
}
