import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { takeAsNumber } from '../../model/asn.ts'
import type { PeerScope } from '../../model/bgppeer.ts'
import type { Database } from '../../model/schema.ts'

/** The number that a new router speaks BGP with: the one asked for, or the zone's smallest free one. */
export const giveAsNumber = async (
  trx: Transaction<Database>,
  zone: string,
  scope: PeerScope,
  asn: number | undefined,
): Promise<void> => {
  if ((await takeAsNumber(trx, zone, scope, asn)) !== undefined) return
  throw asn === undefined
    ? new SysvmError('SYSVM_CAPACITY', 'The zone has no free AS number: add a range with createASNRange.')
    : new SysvmError('SYSVM_API_PARAMETER', `Parameter asnumber: ${asn} is none of the zone's free AS numbers.`)
}
