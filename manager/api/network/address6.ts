import { contains6, overlaps6, parseCidr6, toBigInt } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { ipv6SpaceOfZone, publicIpv6OfZone } from '../../model/ipv6prefix.ts'
import type { Database } from '../../model/schema.ts'
import { chooseSubnet6 } from '../../placement/index.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

interface Asked {
  readonly zone: string
  readonly dualStack: boolean
  readonly ip6cidr?: string | undefined
  readonly ip6gateway?: string | undefined
}

interface Subnet6 {
  readonly ip6prefix: string | null
  readonly ip6cidr: string
  readonly ip6gateway: string
}

/** The /64 of a network whose offering has IPv6: the one asked for, else one of the zone's prefixes. */
export const networkAddress6 = async (
  trx: Transaction<Database>,
  { zone, dualStack, ip6cidr, ip6gateway }: Asked,
): Promise<Subnet6 | undefined> => {
  if ((ip6cidr === undefined) !== (ip6gateway === undefined))
    throw bad('Parameters ip6cidr and ip6gateway come together: give both or neither.')
  if (!dualStack && ip6cidr !== undefined)
    throw bad('Parameter ip6cidr: the offering has no IPv6: take one whose internetprotocol is DualStack.')
  if (!dualStack) return undefined
  if (ip6cidr === undefined || ip6gateway === undefined) return chooseSubnet6(trx, zone)
  const { first, prefix } = parseCidr6(ip6cidr)
  if (prefix !== 64) throw bad(`Parameter ip6cidr: ${ip6cidr} is no /64: guests could make no addresses in it.`)
  if (!contains6(ip6cidr, ip6gateway) || toBigInt(ip6gateway) === first)
    throw bad(`Parameter ip6gateway: ${ip6gateway} is no address for a router in ${ip6cidr}.`)
  const { prefixes, taken } = await ipv6SpaceOfZone(trx, zone)
  const other = [...taken, ...(await publicIpv6OfZone(trx, zone))].find((cidr) => overlaps6(cidr, ip6cidr))
  if (other !== undefined)
    throw new SysvmError('SYSVM_NETWORK_CONFLICT', `The network ${ip6cidr} overlaps ${other}, which the zone has.`)
  const own = prefixes.find((candidate) => overlaps6(candidate.prefix, ip6cidr))
  return { ip6prefix: own?.id ?? null, ip6cidr, ip6gateway }
}
