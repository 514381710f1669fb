import { sql, type Transaction } from 'kysely'
import type { Database } from '../model/database.ts'
import { guestNetworkOf } from '../model/network.ts'
import { exhausted, lockAllocator, smallestFree } from './number.ts'

interface PhysicalNetwork {
  readonly id: string
  readonly name: string
  readonly vni_from: number
  readonly vni_to: number
}

/** A VXLAN identifier of the physical network that neither a network has nor the link of a VPC's routers. */
const chooseVni = async (trx: Transaction<Database>, physical: PhysicalNetwork): Promise<number> => {
  const { id, name, vni_from, vni_to } = physical
  await lockAllocator(trx, 'vni', id)
  const { rows } = await sql<{ vni: number }>`
    select vni from network where physical_network = ${id} and vni is not null
    union all select vni from vpc_link where physical_network = ${id}`.execute(trx)
  const vni = smallestFree(
    rows.map((row) => row.vni),
    vni_from,
    vni_to,
  )
  if (vni !== undefined) return vni
  throw exhausted(
    `The physical network ${name} has no network identifier left in ${vni_from}-${vni_to}: widen its vlan range or delete a network.`,
    { physicalNetwork: id },
  )
}

/** Gives the network a VXLAN identifier of its physical network's range and keeps one it has. */
export const allocateVni = async (trx: Transaction<Database>, networkId: string): Promise<number> => {
  const { vni, ...physical } = await trx
    .selectFrom('network')
    .innerJoin('physical_network', 'physical_network.id', 'network.physical_network')
    .select(['network.vni', 'physical_network.id', 'physical_network.name', 'vni_from', 'vni_to'])
    .where('network.id', '=', networkId)
    .executeTakeFirstOrThrow()
  if (vni !== null) return vni
  const chosen = await chooseVni(trx, physical)
  await trx.updateTable('network').set({ vni: chosen }).where('id', '=', networkId).execute()
  return chosen
}

/** Gives the two routers of a VPC the network on which they hear each other, and keeps one that they have. */
export const allocateLink = async (
  trx: Transaction<Database>,
  vpc: { readonly id: string; readonly zone: string },
): Promise<void> => {
  const link = await trx.selectFrom('vpc_link').select('vni').where('vpc', '=', vpc.id).executeTakeFirst()
  if (link !== undefined) return
  const physical = await guestNetworkOf(trx, { zone: vpc.zone })
  if (physical === undefined)
    throw exhausted('The zone has no enabled physical network with Guest traffic: add or enable one.', {
      zone: vpc.zone,
    })
  const vni = await chooseVni(trx, physical)
  await trx.insertInto('vpc_link').values({ vpc: vpc.id, physical_network: physical.id, vni }).execute()
}
