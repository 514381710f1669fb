import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { findPublicIp } from '../../model/publicip.ts'
import type { Database } from '../../model/schema.ts'

/** A one to one address leads to its guest as a whole. */
export const refuseStaticNat = async (
  db: Kysely<Database>,
  address: { readonly id: string; readonly static_nat_nic: string | null },
): Promise<void> => {
  if (address.static_nat_nic === null) return
  const row = await findPublicIp(db, address.id)
  throw new SysvmError(
    'SYSVM_NETWORK_CONFLICT',
    `The public address ${address.id} has a static NAT to the guest ${row?.guest}: use another address, or disable it.`,
    { details: { rule: address.id, other: row?.guest } },
  )
}
