import { isIPv4, isIPv6 } from 'node:net'
import { NetfilterError } from './errors.ts'
import type { KeyType, Scalar } from './model.ts'

/** How a kind of value is read from what people and nft write, and written in one way only. */
export interface ValueType {
  /** The canonical number, for types that know ranges. */
  readonly parse?: (text: string) => bigint | undefined
  readonly format: (value: bigint) => string
  /** Bits of the type, for prefixes; 0: it has none. */
  readonly bits: number
  /** Canonical text of a value without ranges; undefined where it does not fit. */
  readonly text?: (text: string) => string | undefined
}

const ipv4 = (text: string): bigint | undefined =>
  isIPv4(text) ? text.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n) : undefined

const formatIpv4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')

const ipv6 = (text: string): bigint | undefined => {
  if (!isIPv6(text) || text.includes('%')) return undefined
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const tail = dotted ? (ipv4(dotted[2] ?? '') ?? 0n) : 0n
  const plain = dotted ? `${dotted[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}` : text
  const [head = '', rest] = plain.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const left = groups(head)
  const right = rest === undefined ? [] : groups(rest)
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...zeros, ...right].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n)
}

/** RFC 5952: lower case, the longest run of zero groups shortened. */
const formatIpv6 = (value: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - index * 16)) & 0xffffn)
  const plain = groups.map((group) => group.toString(16)).join(':')
  const runs = [...plain.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)]
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) =>
      best === undefined || run[0].replace(/^:/, '').length > best[0].replace(/^:/, '').length ? run : best,
    undefined,
  )
  if (longest === undefined) return plain
  const before = plain.slice(0, longest.index)
  const after = plain.slice(longest.index + longest[0].length).replace(/^:/, '')
  return `${before}::${after}`
}

const integer =
  (max: bigint) =>
  (text: string): bigint | undefined => {
    if (!/^(0|[1-9]\d{0,9})$/.test(text)) return undefined
    const value = BigInt(text)
    return value <= max ? value : undefined
  }

/** Names that nft's grammar itself knows; all others depend on /etc/protocols and are written as numbers. */
const protocols = new Map([
  ['icmp', 1n],
  ['tcp', 6n],
  ['udp', 17n],
  ['gre', 47n],
  ['esp', 50n],
  ['ah', 51n],
  ['icmpv6', 58n],
  ['ipv6-icmp', 58n],
  ['vrrp', 112n],
  ['sctp', 132n],
  ['udplite', 136n],
])
const safeProtocols = new Map([
  [1n, 'icmp'],
  [6n, 'tcp'],
  [17n, 'udp'],
  [50n, 'esp'],
  [51n, 'ah'],
  [58n, 'icmpv6'],
])

const mac = (text: string): string | undefined =>
  /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text) ? text.toLowerCase() : undefined

/** The kernel allows 15 characters; a trailing `*` is nft's wildcard. */
const device = (text: string): string | undefined =>
  /^[A-Za-z0-9_.@:-]{1,15}\*?$/.test(text) ? `"${text}"` : undefined

const none = (): string => ''
const number = (bits: number): ValueType => ({ bits, parse: integer((1n << BigInt(bits)) - 1n), format: String })

export const types: Readonly<Record<KeyType, ValueType>> = {
  ipv4_addr: { bits: 32, parse: ipv4, format: formatIpv4 },
  ipv6_addr: { bits: 128, parse: ipv6, format: formatIpv6 },
  inet_proto: {
    bits: 8,
    parse: (text) => protocols.get(text) ?? integer(255n)(text),
    format: (value) => safeProtocols.get(value) ?? String(value),
  },
  inet_service: number(16),
  mark: number(32),
  ether_addr: { bits: 0, text: mac, format: none },
  ifname: { bits: 0, text: device, format: none },
}

export interface Interval {
  readonly first: bigint
  readonly last: bigint
}

const prefixed = (type: ValueType, text: string): Interval | undefined => {
  const [address = '', length = '', ...rest] = text.split('/')
  const value = type.parse?.(address)
  if (value === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined
  if (Number(length) > type.bits) return undefined
  const host = BigInt(type.bits) - BigInt(length)
  const first = (value >> host) << host
  return { first, last: first + (1n << host) - 1n }
}

/** Reads a value, a prefix or a range. */
export const parseInterval = (kind: KeyType, scalar: Scalar): Interval | undefined => {
  const type = types[kind]
  const text = String(scalar)
  if (text.includes('/')) return type.bits === 32 || type.bits === 128 ? prefixed(type, text) : undefined
  const single = type.parse?.(text)
  if (single !== undefined) return { first: single, last: single }
  const [from = '', to = '', ...rest] = text.split('-')
  const first = type.parse?.(from)
  const last = type.parse?.(to)
  return first === undefined || last === undefined || rest.length > 0 || first > last ? undefined : { first, last }
}

const prefixLength = (type: ValueType, { first, last }: Interval): number | undefined => {
  const size = last - first + 1n
  if (type.bits !== 32 && type.bits !== 128) return undefined
  return (size & (size - 1n)) === 0n && first % size === 0n ? type.bits - (size.toString(2).length - 1) : undefined
}

/** The one way in which an interval is written: a value, a prefix where it is one, a range otherwise. */
export const formatInterval = (kind: KeyType, interval: Interval): string => {
  const type = types[kind]
  if (interval.first === interval.last) return type.format(interval.first)
  const length = prefixLength(type, interval)
  if (length !== undefined) return `${type.format(interval.first)}/${length}`
  return `${type.format(interval.first)}-${type.format(interval.last)}`
}

export const invalid = (what: string, value: unknown): NetfilterError =>
  new NetfilterError('NFT_VALUE', `${what}: ${JSON.stringify(value) ?? String(value)} does not fit`)

const quickText = (kind: KeyType, scalar: Scalar): string | undefined => {
  if (kind === 'ipv4_addr') return typeof scalar === 'string' && isIPv4(scalar) ? scalar : undefined
  if (kind === 'inet_proto') return scalar === 'tcp' || scalar === 'udp' ? scalar : undefined
  if (kind !== 'inet_service' || typeof scalar !== 'number') return undefined
  return Number.isInteger(scalar) && scalar >= 0 && scalar <= 65535 ? String(scalar) : undefined
}

/** Canonical text of one scalar; `ranges` allows prefixes, ranges and wildcards. */
export const formatScalar = (kind: KeyType, scalar: Scalar, ranges: boolean): string => {
  // Most of a large set is plain values, which have one spelling only.
  const plainText = quickText(kind, scalar)
  if (plainText !== undefined) return plainText
  const plain = types[kind].text
  if (plain !== undefined) {
    const text = plain(String(scalar))
    if (text === undefined || (!ranges && text.includes('*'))) throw invalid(kind, scalar)
    return text
  }
  const interval = parseInterval(kind, scalar)
  if (interval === undefined || (!ranges && interval.first !== interval.last)) throw invalid(kind, scalar)
  return formatInterval(kind, interval)
}

/** Sorted, overlaps and neighbours joined: the same members always give the same list. */
export const mergeIntervals = (intervals: readonly Interval[]): readonly Interval[] => {
  const sorted = intervals.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
  const merged: Interval[] = []
  for (const next of sorted) {
    const previous = merged.at(-1)
    if (previous !== undefined && next.first <= previous.last + 1n) {
      const last = next.last > previous.last ? next.last : previous.last
      merged[merged.length - 1] = { first: previous.first, last }
    } else merged.push(next)
  }
  return merged
}

/** Canonical texts of the members of an anonymous set. */
export const formatMembers = (kind: KeyType, scalars: readonly Scalar[]): readonly string[] => {
  if (types[kind].text !== undefined)
    return [...new Set(scalars.map((scalar) => formatScalar(kind, scalar, true)))].toSorted()
  const intervals = scalars.map((scalar) => {
    const interval = parseInterval(kind, scalar)
    if (interval === undefined) throw invalid(kind, scalar)
    return interval
  })
  return mergeIntervals(intervals).map((interval) => formatInterval(kind, interval))
}
