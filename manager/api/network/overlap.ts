import { overlaps } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { rangesOfZone } from '../../model/vlanrange.ts'
import { cidrOf } from '../range.ts'

/**
 * A guest network may use the addresses of another guest network, since each is behind NAT and a VNI of its own; but its
 * router could not tell it from the network on its public side. The caller holds the zone's row.
 */
export const refuseOverlap = async (trx: Transaction<Database>, zone: string, cidr: string): Promise<void> => {
  for (const range of await rangesOfZone(trx, zone)) {
    if (range.gateway === null || range.netmask === null) continue
    const outside = cidrOf(range.gateway, range.netmask)
    if (overlaps(outside, cidr))
      throw new SysvmError(
        'SYSVM_NETWORK_CONFLICT',
        `The CIDR ${cidr} overlaps the public network ${outside} of the range ${range.startip}-${range.endip}: choose another.`,
      )
  }
}
