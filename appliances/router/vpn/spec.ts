import { Cidr4, Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'
import { L2tp } from './l2tp/spec.ts'
import { EspProposal, IkeProposal } from './proposals.ts'
import { RemoteAccess } from './remoteaccess/spec.ts'
import { ConnectionId, IkeIdentity, PreSharedKey } from './values.ts'

const DAY = 86_400

/** The longest lives that RFC 4301's implementations agree on, and CloudStack's own. */
const lifetime = z.int().min(60).max(DAY)

/** Networks at one end of a tunnel, at most. */
const MOST_SUBNETS = 128

const Subnets = z.array(Cidr4).min(1).max(MOST_SUBNETS)

/** One tunnel to another site. */
export const Connection = z.strictObject({
  id: ConnectionId,
  /** `ike`: begins with IKEv2 and takes both. */
  version: z.enum(['ikev1', 'ikev2', 'ike']).default('ike'),
  local: z.strictObject({
    /** Of a public interface. */
    address: Ipv4,
    /** The address unless told. */
    id: IkeIdentity.optional(),
    /** What the other site may reach; networks, without host bits. */
    subnets: Subnets,
  }),
  remote: z.strictObject({
    gateway: Ipv4,
    /** The gateway's address unless told. */
    id: IkeIdentity.optional(),
    subnets: Subnets,
  }),
  /** Preferred ones first. */
  ike: z.strictObject({ proposals: z.array(IkeProposal).min(1).max(16), lifetimeSeconds: lifetime.default(DAY) }),
  /** With a group in it, a proposal has perfect forward secrecy. */
  esp: z.strictObject({ proposals: z.array(EspProposal).min(1).max(16), lifetimeSeconds: lifetime.default(3600) }),
  /** Asks a silent peer whether it lives, and connects anew when it does not answer. Absent: never asks. */
  dpd: z
    .strictObject({
      delaySeconds: z.int().min(1).max(3600).default(30),
      /** With IKEv2 at the latest after its retransmissions, a minute. */
      timeoutSeconds: z.int().min(1).max(DAY).default(120),
    })
    .optional(),
  /** ESP in UDP, whether or not a NAT is between the sites. */
  encap: z.boolean().default(false),
  /** Waits for the other site to begin. */
  passive: z.boolean().default(false),
  /** An SA for each pair of subnets, for peers that take one pair only. IKEv1 has them always. */
  split: z.boolean().default(false),
  /** Another number than before: what there is of it is torn down and set up anew. */
  resets: z.int().min(0).default(0),
  /** Secret. */
  psk: PreSharedKey,
})
export type Connection = z.infer<typeof Connection>

/** Tunnels of one router, at most. */
const MOST_CONNECTIONS = 1000

export const VpnSpec = z.strictObject({
  /** Site to site. */
  connections: z.array(Connection).max(MOST_CONNECTIONS).default([]),
  /** Networks behind peers that have no tunnel here, though they should: guests' packets to them go nowhere. */
  guarded: z
    .array(Cidr4)
    .max(MOST_CONNECTIONS * MOST_SUBNETS)
    .default([]),
  /** People's machines. */
  remoteAccess: RemoteAccess.optional(),
  /** Those that speak nothing newer. */
  l2tp: L2tp.optional(),
})
export type VpnSpec = z.infer<typeof VpnSpec>
/** As callers write it: what has a default may be left out. */
export type VpnInput = z.input<typeof VpnSpec>
