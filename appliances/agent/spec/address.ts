import { isIPv4 } from 'node:net'
import { z } from 'zod'

/** Dotted quad. `net.isIPv4` refuses octal-looking octets such as 010, which other parsers read as 8. */
export const Ipv4 = z.string().refine(isIPv4, { error: 'is not an IPv4 address such as 10.1.1.1' })

/** Address with prefix length; host bits may be set (an interface address) or not (a network). */
export const Cidr4 = z.string().refine(
  (text) => {
    const [address, length, ...rest] = text.split('/')
    return rest.length === 0 && isIPv4(address ?? '') && /^(0|[1-9]\d?)$/.test(length ?? '') && Number(length) <= 32
  },
  { error: 'is not an IPv4 address with prefix length such as 10.1.1.0/24' },
)

export const Mac = z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/, 'is not a MAC address such as 02:00:00:00:00:01')

/** RFC 1123 host name, one label. */
export const HostLabel = z
  .string()
  .regex(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/, 'is not a host name of letters, digits and hyphens')

/** RFC 1123 domain name, one or more labels, no trailing dot. */
export const DomainName = z
  .string()
  .max(253)
  .regex(
    /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/,
    'is not a domain name such as cs1.internal',
  )

/** A network device inside the machine. The kernel allows 15 characters. */
export const Device = z.string().regex(/^[a-z][a-z0-9.-]{0,14}$/, 'is not a device name such as eth1')

export const Port = z.int().min(1).max(65535)

/** The address as an unsigned 32-bit number. */
export const toNumber = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

export const fromNumber = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

export interface Network4 {
  readonly network: string
  readonly broadcast: string
  readonly netmask: string
  readonly prefix: number
  readonly first: number
  readonly last: number
}

/** What a CIDR spans; `first` and `last` are the network's own and its broadcast address as numbers. */
export const parseCidr = (cidr: string): Network4 => {
  const [address = '0.0.0.0', length = '32'] = cidr.split('/')
  const prefix = Number(length)
  const size = 2 ** (32 - prefix)
  const first = Math.floor(toNumber(address) / size) * size
  const last = first + size - 1
  return {
    network: fromNumber(first),
    broadcast: fromNumber(last),
    netmask: fromNumber(2 ** 32 - size),
    prefix,
    first,
    last,
  }
}

export const contains = (cidr: string, address: string): boolean => {
  const { first, last } = parseCidr(cidr)
  const value = toNumber(address)
  return value >= first && value <= last
}

export const overlaps = (a: string, b: string): boolean => {
  const left = parseCidr(a)
  const right = parseCidr(b)
  return left.first <= right.last && right.first <= left.last
}

/** Networks that hold the addresses of a range and no others, ascending. */
export const networksOfRange = ({
  first,
  last,
}: {
  readonly first: string
  readonly last: string
}): readonly string[] => {
  const end = toNumber(last)
  const networks: string[] = []
  for (let from = toNumber(first); from <= end; ) {
    let prefix = 32
    // As wide as its first address begins one, and as the range has room for.
    while (prefix > 0 && from % 2 ** (33 - prefix) === 0 && from + 2 ** (33 - prefix) - 1 <= end) prefix--
    networks.push(`${fromNumber(from)}/${prefix}`)
    from += 2 ** (32 - prefix)
  }
  return networks
}
