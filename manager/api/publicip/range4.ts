import { toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { networksOverlapping } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { checkRange, cidrOf } from '../range.ts'

const LARGEST_RANGE = 65_536

export interface Range4 {
  readonly gateway: string
  readonly netmask: string
  readonly startip: string
  readonly endip: string
}

/** Refuses a range whose addresses nobody could have. */
export const checkRange4 = (range: Range4): void => {
  checkRange(range)
  if (toNumber(range.endip) - toNumber(range.startip) >= LARGEST_RANGE)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter endip: the range has more than ${LARGEST_RANGE} addresses: add several smaller ones.`,
    )
}

/** What is outside cannot be a guest network too. The caller holds the zone's row. */
export const refuseOverlap4 = async (
  trx: Transaction<Database>,
  zone: string,
  { gateway, netmask }: Range4,
): Promise<void> => {
  const cidr = cidrOf(gateway, netmask)
  const inside = await networksOverlapping(trx, zone, cidr)
  if (inside !== undefined)
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `The range's network ${cidr} overlaps ${inside.what} ${inside.cidr}.`,
    )
}
