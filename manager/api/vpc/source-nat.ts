import { SysvmError } from '@sysvm/errors'
import { sql, type Transaction } from 'kysely'
import { findPublicIps, lockPublicIp } from '../../model/publicip.ts'
import type { Database } from '../../model/schema.ts'

/** Gives a new VPC this very address for source NAT, which must be a free one of its zone. */
export const takeSourceNat = async (
  trx: Transaction<Database>,
  zone: string,
  vpc: string,
  address: string,
): Promise<void> => {
  const { rows } = await findPublicIps(trx, { zone, address }, { limit: 1, offset: 0 })
  const row = rows[0] && (await lockPublicIp(trx, rows[0].id))
  if (row === undefined)
    throw new SysvmError('SYSVM_API_PARAMETER', `Parameter sourcenatipaddress: the zone has no address ${address}.`)
  if (row.allocated !== null)
    throw new SysvmError('SYSVM_IN_USE', `Parameter sourcenatipaddress: ${address} is taken: choose a free one.`)
  await trx
    .updateTable('public_ip')
    .set({ vpc, is_source_nat: true, reserved: false, allocated: sql`now()` })
    .where('id', '=', row.id)
    .execute()
}
