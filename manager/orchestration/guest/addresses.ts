import { eui64 } from '@sysvm/agent/spec'

/** The columns that say which addresses are a guest's; inet and cidr as PostgreSQL writes them. */
export interface OwnAddresses {
  readonly mac: string | null
  readonly address: string | null
  readonly address6: string | null
  readonly ip6cidr: string | null
  /** Further addresses that were kept for it. */
  readonly further: readonly string[]
}

const bare = (address: string): string => address.split('/')[0] ?? ''

/**
 * What the guest may send from, besides the link-local address of its MAC address; its host drops all else. In a
 * network with IPv6 that is the address which it makes of its MAC address, and one that it asked for. Pure.
 */
export const allowedAddresses = ({ mac, address, address6, ip6cidr, further }: OwnAddresses): readonly string[] => [
  ...(address === null ? [] : [bare(address)]),
  ...further.map(bare),
  ...(address6 === null ? [] : [bare(address6)]),
  ...(ip6cidr === null || mac === null ? [] : [eui64(ip6cidr, mac)]),
]
