import { contains6, overlaps6, parseCidr6, toBigInt } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { ipv6SpaceOfZone } from '../../model/ipv6prefix.ts'
import type { Database } from '../../model/schema.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

interface Given {
  readonly ip6cidr?: string | undefined
  readonly ip6gateway?: string | undefined
  readonly startipv6?: string | undefined
  readonly endipv6?: string | undefined
}

interface Range6 {
  readonly ip6cidr: string
  readonly ip6gateway: string
  readonly startipv6: string | null
  readonly endipv6: string | null
}

/** The IPv6 side of a range of public addresses; undefined: it has none. */
export const readRange6 = ({ ip6cidr, ip6gateway, startipv6, endipv6 }: Given): Range6 | undefined => {
  if ((ip6cidr === undefined) !== (ip6gateway === undefined))
    throw bad('Parameters ip6cidr and ip6gateway come together: give both or neither.')
  if (endipv6 !== undefined && startipv6 === undefined) throw bad('Parameter endipv6 needs startipv6: give both.')
  if (ip6cidr === undefined || ip6gateway === undefined) {
    if (startipv6 !== undefined) throw bad('Parameter startipv6 needs ip6cidr and ip6gateway: give them too.')
    return undefined
  }
  const inside = (address: string): boolean =>
    contains6(ip6cidr, address) && toBigInt(address) !== parseCidr6(ip6cidr).first
  if (!inside(ip6gateway)) throw bad(`Parameter ip6gateway: ${ip6gateway} is no address for hosts of ${ip6cidr}.`)
  if (startipv6 === undefined) {
    if (parseCidr6(ip6cidr).prefix !== 64)
      throw bad(`Parameter ip6cidr: ${ip6cidr} is no /64: give startipv6 and endipv6 of the addresses for routers.`)
    return { ip6cidr, ip6gateway, startipv6: null, endipv6: null }
  }
  const last = endipv6 ?? startipv6
  for (const [name, address] of Object.entries({ startipv6, endipv6: last }))
    if (!inside(address)) throw bad(`Parameter ${name}: ${address} is no address for hosts of ${ip6cidr}.`)
  const [start, end, gateway] = [toBigInt(startipv6), toBigInt(last), toBigInt(ip6gateway)]
  if (start > end) throw bad(`Parameter endipv6: ${last} comes before startipv6 ${startipv6}.`)
  if (gateway >= start && gateway <= end)
    throw bad(`The range ${startipv6}-${last} holds the gateway ${ip6gateway}: leave it out.`)
  return { ip6cidr, ip6gateway, startipv6, endipv6: last }
}

/** A guest network behind a router cannot be on its public side too. The caller holds the zone's row. */
export const refuseOverlap6 = async (trx: Transaction<Database>, zone: string, cidr: string): Promise<void> => {
  const { prefixes, taken } = await ipv6SpaceOfZone(trx, zone)
  const other = [...taken, ...prefixes.map(({ prefix }) => prefix)].find((one) => overlaps6(one, cidr))
  if (other !== undefined)
    throw new SysvmError('SYSVM_NETWORK_CONFLICT', `The range's network ${cidr} overlaps ${other} of guest networks.`)
}
