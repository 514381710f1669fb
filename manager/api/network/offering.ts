import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { findNetworkOffering, type NetworkOffering } from '../../model/offering.ts'
import type { Database } from '../../model/schema.ts'
import { found } from '../found.ts'
import type { Tier } from './tier.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** The VPC's router must be able to give what the tier's offering promises. */
export const checkTier = (
  { name, services, networkmode, internetprotocol }: NetworkOffering,
  { offering, vpc }: { readonly offering: Tier['offering']; readonly vpc: Pick<Tier['vpc'], 'name' | 'redundant'> },
): void => {
  const missing = Object.keys(services).filter((service) => offering.services[service] === undefined)
  if (missing.length > 0)
    throw bad(
      `Parameter networkofferingid: ${name} has ${missing.join(', ')}, which the offering ${offering.name} of VPC ${vpc.name} does not give.`,
    )
  if (vpc.redundant && internetprotocol !== 'IPv4')
    throw bad(
      `Parameter networkofferingid: ${name} is ${internetprotocol}, but VPC ${vpc.name} has two routers, which serve IPv4 only.`,
    )
  if (networkmode !== offering.networkmode)
    throw bad(
      `Parameter networkofferingid: ${name} is ${networkmode}, but VPC ${vpc.name} is ${offering.networkmode}: choose one that is the same.`,
    )
}

/** The offering, which must be enabled and fit what is made of it. */
export const offeringOf = async (
  trx: Transaction<Database>,
  id: string,
  tier: Tier | undefined,
): Promise<NetworkOffering> => {
  const offering = found(await findNetworkOffering(trx, id), 'networkofferingid', 'network offering', id)
  if (offering.state === 'Disabled') throw bad(`Network offering ${offering.name} is disabled: enable it first.`)
  if (offering.forvpc && tier === undefined)
    throw bad(`Parameter networkofferingid: ${offering.name} is for tiers of a VPC: give vpcid too, or choose another.`)
  if (tier === undefined) return offering
  if (!offering.forvpc)
    throw bad(`Parameter networkofferingid: ${offering.name} is not for tiers of a VPC: choose one with forvpc.`)
  checkTier(offering, tier)
  return offering
}
