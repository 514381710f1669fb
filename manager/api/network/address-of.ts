import type { Transaction } from 'kysely'
import type { NetworkOffering } from '../../model/offering.ts'
import type { Database } from '../../model/schema.ts'
import { setting } from '../../model/settings/index.ts'
import { networkAddress } from './address.ts'
import { refuseOverlap } from './overlap.ts'
import { routedAddress } from './routed.ts'
import { checkTierAddress, type Tier } from './tier.ts'

interface Asked {
  readonly gateway?: string | undefined
  readonly netmask?: string | undefined
  readonly cidrsize?: number | undefined
}

/** The addresses of a network that is made: those asked for, some of the zone's subnets, or the zone's guest CIDR. */
export const addressOf = async (
  trx: Transaction<Database>,
  zone: { readonly id: string; readonly guestcidr: string | null },
  offering: NetworkOffering,
  tier: Tier | undefined,
  asked: Asked,
): Promise<{ readonly cidr: string; readonly gateway: string }> => {
  const routed = tier === undefined ? await routedAddress(trx, zone.id, offering, asked) : undefined
  const address =
    routed ?? networkAddress(asked.gateway, asked.netmask, zone.guestcidr ?? (await setting(trx, 'guest.cidr')))
  await refuseOverlap(trx, zone.id, address.cidr)
  if (tier !== undefined) await checkTierAddress(trx, tier, address.cidr)
  return address
}
