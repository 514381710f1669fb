import type { Command } from '../command.ts'
import { createGuestNetworkIpv6Prefix } from './create-guest-network-ipv6-prefix.ts'
import { deleteGuestNetworkIpv6Prefix } from './delete-guest-network-ipv6-prefix.ts'
import { listGuestNetworkIpv6Prefixes } from './list-guest-network-ipv6-prefixes.ts'

export const ipv6Commands: readonly Command[] = [
  createGuestNetworkIpv6Prefix,
  deleteGuestNetworkIpv6Prefix,
  listGuestNetworkIpv6Prefixes,
]
