import { SysvmError } from '@sysvm/errors'
import { sql, type Transaction } from 'kysely'
import { lockAddressOfZone, updatePublicIp } from '../../model/publicip.ts'
import { moveSourceNatNic } from '../../model/release.ts'
import type { Database } from '../../model/schema.ts'
import type { AddressOwner } from '../../placement/index.ts'
import { refuseKept } from './keep.ts'
import { refuseWithout } from './owned.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', `Parameter sourcenatipaddress: ${sentence}`)

/**
 * Gives a new network or VPC this very address for source NAT, which must be a free one of its zone, or one that its
 * account reserved. `room` was asked for it.
 */
export const takeSourceNat = async (
  trx: Transaction<Database>,
  zone: string,
  who: AddressOwner,
  address: string,
  room: 0 | 1,
): Promise<void> => {
  await refuseWithout(trx, who, 'SourceNat')
  const row = await lockAddressOfZone(trx, zone, address)
  if (row === undefined) throw bad(`the zone has no address ${address}.`)
  if (row.allocated !== null)
    throw new SysvmError('SYSVM_IN_USE', `Parameter sourcenatipaddress: ${address} is taken: choose a free one.`)
  const { account } = await trx
    .selectFrom(who.kind)
    .select('account')
    .where('id', '=', who.id)
    .executeTakeFirstOrThrow()
  await refuseKept(trx, row, { account, room, parameter: 'sourcenatipaddress' })
  await updatePublicIp(trx, row.id, {
    [who.kind]: who.id,
    account,
    is_source_nat: true,
    reserved: false,
    allocated: sql`now()` as never,
  })
}

/**
 * Has a network or VPC go out by another address of its own; the one that it had stays with it, an address like others.
 * The caller holds the owner's row and raises its revision.
 */
export const moveSourceNat = async (
  trx: Transaction<Database>,
  zone: string,
  who: AddressOwner,
  address: string,
): Promise<void> => {
  await refuseWithout(trx, who, 'SourceNat')
  const row = await lockAddressOfZone(trx, zone, address)
  const owner = row?.vpc ?? row?.network
  if (row === undefined || owner !== who.id)
    throw bad(`${address} is no address of the ${who.kind}: take it with associateIpAddress first.`)
  if (row.release_revision !== null)
    throw new SysvmError('SYSVM_RESOURCE_STATE', `Parameter sourcenatipaddress: ${address} is being released.`)
  if (row.static_nat_nic !== null)
    throw new SysvmError(
      'SYSVM_IN_USE',
      `Parameter sourcenatipaddress: ${address} belongs to one guest: end its static NAT with disableStaticNat first.`,
    )
  if (row.is_source_nat) return
  const before = await trx
    .updateTable('public_ip')
    .set({ is_source_nat: false })
    .where(who.kind, '=', who.id)
    .where('is_source_nat', '=', true)
    .returning('id')
    .executeTakeFirst()
  await updatePublicIp(trx, row.id, { is_source_nat: true })
  if (before !== undefined) await moveSourceNatNic(trx, before.id, row.id)
}
