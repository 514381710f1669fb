import type { KeyType, Verdict } from '../model.ts'
import { type Interval, invalid, mergeIntervals, parseInterval } from '../values.ts'
import type { FirstMatchRule } from './model.ts'

/** Small numbers, both ends included. */
export interface Span {
  readonly first: number
  readonly last: number
}

/** What a rule matches in one address family: every combination of its parts. */
export interface Region {
  readonly family: 4 | 6
  readonly source: readonly Interval[]
  readonly destination: readonly Interval[]
  readonly protocol: Span
  /** The port of TCP and UDP; of others the first 16 bits of their header: ICMP's type and code. */
  readonly detail: Span
}

/** A rule in the form that is compared: its place in the list, and a region for each family it can match. */
export interface Entry {
  readonly order: number
  readonly number: number | undefined
  readonly verdict: Verdict
  readonly regions: readonly Region[]
}

export const TCP = 6
export const UDP = 17
export const everyDetail: Span = { first: 0, last: 65_535 }
const everyProtocol: Span = { first: 0, last: 255 }

export const addressType = (family: 4 | 6): KeyType => (family === 4 ? 'ipv4_addr' : 'ipv6_addr')

const everyAddress: Readonly<Record<4 | 6, readonly Interval[]>> = {
  4: [{ first: 0n, last: (1n << 32n) - 1n }],
  6: [{ first: 0n, last: (1n << 128n) - 1n }],
}

export const isEvery = (family: 4 | 6, [only, more]: readonly Interval[]): boolean =>
  more === undefined && only?.first === 0n && only.last === everyAddress[family][0]?.last

const addresses = (family: 4 | 6, texts: readonly string[] | undefined): readonly Interval[] => {
  if (texts === undefined) return everyAddress[family]
  const own = texts.filter((text) => text.includes(':') === (family === 6))
  const intervals = own.map((text) => {
    const interval = parseInterval(addressType(family), text)
    if (interval === undefined) throw invalid('an address of a rule', text)
    return interval
  })
  return mergeIntervals(intervals)
}

const span = (kind: KeyType, value: string | number, what: string): Span => {
  const interval = parseInterval(kind, value)
  if (interval === undefined) throw invalid(what, value)
  return { first: Number(interval.first), last: Number(interval.last) }
}

const protocolOf = ({ protocol }: FirstMatchRule): Span =>
  protocol === undefined ? everyProtocol : span('inet_proto', protocol, 'a protocol')

const octet = (value: number, what: string): number => {
  if (!Number.isInteger(value) || value < 0 || value > 255) throw invalid(what, value)
  return value
}

const hasPorts = ({ first, last }: Span): boolean => first === last && (first === TCP || first === UDP)
const hasTypes = ({ first, last }: Span): boolean => first === last && (first === 1 || first === 58)

const detailOf = (rule: FirstMatchRule, protocol: Span): Span => {
  const { destinationPort, icmpType, icmpCode } = rule
  if (destinationPort !== undefined) {
    if (!hasPorts(protocol)) throw invalid('a port of a rule for other protocols than tcp and udp', rule)
    return span('inet_service', destinationPort, 'a port')
  }
  if (icmpType === undefined) {
    if (icmpCode !== undefined) throw invalid('an ICMP code without a type', rule)
    return everyDetail
  }
  if (!hasTypes(protocol)) throw invalid('an ICMP type of a rule for other protocols', rule)
  const base = octet(icmpType, 'an ICMP type') * 256
  if (icmpCode === undefined) return { first: base, last: base + 255 }
  const value = base + octet(icmpCode, 'an ICMP code')
  return { first: value, last: value }
}

/** Reads a rule; throws NFT_VALUE. A rule whose addresses are of two families that cannot meet has no region. */
export const entryOf = (rule: FirstMatchRule, order: number): Entry => {
  const protocol = protocolOf(rule)
  const detail = detailOf(rule, protocol)
  const regions = ([4, 6] as const)
    .map((family) => ({
      family,
      source: addresses(family, rule.source),
      destination: addresses(family, rule.destination),
      protocol,
      detail,
    }))
    .filter(({ source, destination }) => source.length > 0 && destination.length > 0)
  return { order, number: rule.number, verdict: rule.verdict, regions }
}
