import { contains6, fromBigInt, parseCidr6 } from '@sysvm/agent/spec'
import type { Transaction } from 'kysely'
import type { Database } from '../model/database.ts'
import { ipv6SpaceOfZone } from '../model/ipv6prefix.ts'
import { exhausted } from './number.ts'

const SIZE = 1n << 64n

/** The first /64 of a prefix that is not among the taken ones. Pure. */
export const freeSubnet = (prefix: string, taken: readonly string[]): string | undefined => {
  const { first, last } = parseCidr6(prefix)
  const used = new Set(
    taken.filter((cidr) => contains6(prefix, cidr.split('/')[0] ?? '')).map((cidr) => parseCidr6(cidr).first),
  )
  for (let candidate = first; candidate + SIZE - 1n <= last; candidate += SIZE)
    if (!used.has(candidate)) return `${fromBigInt(candidate)}/64`
  return undefined
}

/** How many networks a prefix is enough for. */
export const subnetsOf = (prefix: string): number => 2 ** (64 - parseCidr6(prefix).prefix)

/** A /64 out of the zone's prefixes, with its router's address. The caller holds the zone's row. */
export const chooseSubnet6 = async (
  trx: Transaction<Database>,
  zone: string,
): Promise<{ readonly ip6prefix: string; readonly ip6cidr: string; readonly ip6gateway: string }> => {
  const { prefixes, taken } = await ipv6SpaceOfZone(trx, zone)
  for (const { id, prefix } of prefixes) {
    const ip6cidr = freeSubnet(prefix, taken)
    if (ip6cidr !== undefined) return { ip6prefix: id, ip6cidr, ip6gateway: fromBigInt(parseCidr6(ip6cidr).first + 1n) }
  }
  throw exhausted('The zone has no /64 left for a network with IPv6: add a prefix with createGuestNetworkIpv6Prefix.', {
    zone,
  })
}
