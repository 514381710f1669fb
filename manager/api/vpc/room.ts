import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { usedOfVpc } from '../../model/vpc.ts'

/** A VM takes 24 nics; some are for control and for public uplinks. */
const MOST_NICS = 20

/** 533 when the VPC's router has no nic left for one more tier or private gateway. The caller holds the VPC's row. */
export const refuseFull = async (trx: Transaction<Database>, vpc: { readonly id: string; readonly name: string }) => {
  const { tiers, gateways } = await usedOfVpc(trx, vpc.id)
  if (tiers.length + gateways.length < MOST_NICS) return
  throw new SysvmError(
    'SYSVM_CAPACITY',
    `VPC ${vpc.name} has ${tiers.length} tiers and ${gateways.length} private gateways, and ${MOST_NICS} are the most its router has nics for: delete one, or make another VPC.`,
    { details: { vpc: vpc.id } },
  )
}
