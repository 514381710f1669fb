import { fromNumber, parseCidr, parseCidr6 } from '@sysvm/agent/spec'

const nibbles = (value: bigint): readonly string[] => [...value.toString(16).padStart(32, '0')]

/** Zones of RFC 3596 that together are the network: one for a prefix that ends between two digits, else several. */
const zones6 = (cidr: string): readonly string[] => {
  const { first, prefix } = parseCidr6(cidr)
  const digits = Math.ceil(prefix / 4)
  const count = 2 ** (digits * 4 - prefix)
  const step = 1n << BigInt(128 - digits * 4)
  return Array.from({ length: count }, (_, index) =>
    [...nibbles(first + step * BigInt(index)).slice(0, digits)].toReversed().concat('ip6', 'arpa').join('.'),
  )
}

/** Zones of RFC 1035, section 3.5. Networks longer than 24 bits are left to the zone of their /24. */
const zones4 = (cidr: string): readonly string[] => {
  const { first, prefix } = parseCidr(cidr)
  const octets = Math.min(3, Math.max(1, Math.ceil(prefix / 8)))
  const count = 2 ** Math.max(0, octets * 8 - prefix)
  const step = 2 ** (32 - octets * 8)
  const start = Math.floor(first / step) * step
  return Array.from({ length: count }, (_, index) =>
    [
      ...fromNumber(start + step * index)
        .split('.')
        .slice(0, octets),
    ]
      .toReversed()
      .concat('in-addr', 'arpa')
      .join('.'),
  )
}

/** Names of the reverse zones of a network, either family. */
export const reverseZones = (cidr: string): readonly string[] => (cidr.includes(':') ? zones6(cidr) : zones4(cidr))
