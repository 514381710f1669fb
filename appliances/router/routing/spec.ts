import { Cidr4, Cidr6, Ip, Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'
import { Asn, BgpPassword } from './values.ts'

const Cidr = z.union([Cidr4, Cidr6], { error: 'is not an IPv4 or IPv6 network such as 10.1.1.0/24' })

export const StaticRoute = z.strictObject({
  network: Cidr,
  /** Next hop, on the network of one of the router's interfaces. */
  via: Ip,
  /** With redundancy: the primary alone has it, since no router has an address of its own on the next hop's network. */
  shared: z.literal(true).optional(),
})

export const BgpPeer = z.strictObject({
  /** Its family decides which prefixes the session carries. */
  address: Ip,
  asn: Asn,
  /** TCP MD5 (RFC 2385). Secret. */
  password: BgpPassword.optional(),
  /** Hops an external peer may be away; 1 is the next router. */
  multihop: z.int().min(1).max(255).default(1),
  /** Seconds without a word until the session is down; a third of it between keepalives. */
  holdSeconds: z.int().min(3).max(65_535).default(180),
  /** What is taken from the peer: nothing, its default route, or all it has. */
  import: z.enum(['none', 'default', 'all']).default('default'),
  /** More prefixes than this end the session. */
  maximumPrefixes: z.int().min(1).max(1_000_000).default(1000),
})

export const BgpSpec = z.strictObject({
  asn: Asn,
  routerId: Ipv4,
  /** Exactly these are told to peers, never what was learnt from one. */
  advertise: z.array(Cidr),
  peers: z.array(BgpPeer).min(1),
})

export const RoutingSpec = z.strictObject({
  static: z.array(StaticRoute).default([]),
  bgp: BgpSpec.optional(),
})
export type RoutingSpec = z.infer<typeof RoutingSpec>
export type BgpSpec = z.infer<typeof BgpSpec>
