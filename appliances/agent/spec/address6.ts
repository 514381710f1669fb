import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { Ipv4 } from './address.ts'

/** The one spelling of an IPv6 address (RFC 5952), which is the kernel's too; undefined where it is none. */
export const canonical6 = (text: string): string | undefined =>
  isIPv6(text) && !/[%.]/.test(text) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : undefined

/** Lower case and shortened: a spec is compared with what the kernel and daemons tell. No zone, no dotted quad. */
export const Ipv6 = z.string().refine((text) => canonical6(text) === text, {
  error: 'is not an IPv6 address in its short form such as 2001:db8::1',
})

/** Of either family. */
export const Ip = z.union([Ipv4, Ipv6], { error: 'is not an IPv4 or IPv6 address' })

/** Address with prefix length; host bits may be set (an interface address) or not (a network). */
export const Cidr6 = z.string().refine(
  (text) => {
    const [address = '', length = '', ...rest] = text.split('/')
    const prefix = /^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= 128
    return rest.length === 0 && prefix && canonical6(address) === address
  },
  { error: 'is not an IPv6 address with prefix length such as 2001:db8::/64' },
)

export const toBigInt = (address: string): bigint => {
  const [head = '', tail] = address.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...zeros, ...right].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n)
}

export const fromBigInt = (value: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16))
  return canonical6(groups.join(':')) ?? '::'
}

export interface Network6 {
  readonly network: string
  readonly prefix: number
  readonly first: bigint
  readonly last: bigint
}

/** What an IPv6 CIDR spans. */
export const parseCidr6 = (cidr: string): Network6 => {
  const [address = '::', length = '128'] = cidr.split('/')
  const prefix = Number(length)
  const host = BigInt(128 - prefix)
  const first = (toBigInt(address) >> host) << host
  return { network: fromBigInt(first), prefix, first, last: first + (1n << host) - 1n }
}

export const contains6 = (cidr: string, address: string): boolean => {
  const { first, last } = parseCidr6(cidr)
  const value = toBigInt(address)
  return value >= first && value <= last
}

export const overlaps6 = (a: string, b: string): boolean => {
  const left = parseCidr6(a)
  const right = parseCidr6(b)
  return left.first <= right.last && right.first <= left.last
}

/** The address that a device of this MAC address gives itself in a /64 (RFC 4291, appendix A). */
export const eui64 = (network: string, mac: string): string => {
  const bytes = mac.split(':').map((octet) => Number.parseInt(octet, 16))
  const all = [(bytes[0] ?? 0) ^ 2, bytes[1], bytes[2], 0xff, 0xfe, bytes[3], bytes[4], bytes[5]]
  const host = all.reduce<bigint>((sum, byte) => (sum << 8n) + BigInt(byte ?? 0), 0n)
  return fromBigInt(parseCidr6(network).first + host)
}
