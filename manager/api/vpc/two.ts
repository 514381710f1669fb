import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import type { Database, VpcTable } from '../../model/schema.ts'
import { findVpcOffering } from '../../model/vpcoffering.ts'
import { found } from '../found.ts'
import { refuseFull } from '../network/room.ts'
import { refuseAloneVpc } from '../networkoffering/redundant.ts'

/** Refuses a second router to a VPC, whose row the caller holds, that two cannot serve. */
export const refuseTwo = async (trx: Transaction<Database>, vpc: Selectable<VpcTable>): Promise<void> => {
  const parameter = 'makeredundant'
  const offering = await findVpcOffering(trx, vpc.offering)
  refuseAloneVpc(parameter, found(offering, 'id', 'VPC offering', vpc.offering))
  const tiers = await trx
    .selectFrom('network')
    .innerJoin('network_offering', 'network_offering.id', 'network.offering')
    .select(['network.id', 'network.name', 'network.gateway', 'network_offering.internetprotocol'])
    .where('network.vpc', '=', vpc.id)
    .orderBy('network.id')
    .execute()
  for (const tier of tiers) {
    if (tier.internetprotocol !== 'IPv4')
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        `Parameter ${parameter}: two routers serve IPv4 only, and guests of its tier ${tier.name} have IPv6: leave it out.`,
      )
    await refuseFull(trx, parameter, tier)
  }
}
