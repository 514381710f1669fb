import { Cidr4, Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'
import { VPN_USERNAME } from '../vpn/remoteaccess/spec.ts'

/** 32 bytes in base64, as wg(8) writes all its keys: the last character has two bits that are never set. */
const Key = z
  .string()
  .regex(
    /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/,
    'is not a key: 32 bytes in base64, 44 characters with the = at the end',
  )

/** A user's machine. */
export const Peer = z.strictObject({
  user: z.string().regex(VPN_USERNAME, 'is not a user name of 3 to 64 letters, digits, dots, hyphens and @'),
  /** Of the pool: where its packets come from, and the only ones it gets. */
  address: Ipv4,
  publicKey: Key,
  /** Secret. */
  presharedKey: Key,
})
export type Peer = z.infer<typeof Peer>

/** WireGuard for people's machines. */
export const WireGuardSpec = z.strictObject({
  /** Of a public interface: what clients connect to. */
  address: Ipv4,
  /** UDP. */
  port: z.int().min(1024).max(65_535).default(51_820),
  /** Secret. */
  privateKey: Key,
  /** Addresses of clients, both ends included. */
  pool: z.strictObject({ first: Ipv4, last: Ipv4 }),
  /** What clients may reach; networks, without host bits. */
  subnets: z.array(Cidr4).min(1).max(128),
  /** Name servers that clients use. */
  dns: z.array(Ipv4).max(2).default([]),
  peers: z.array(Peer).max(4096).default([]),
})
export type WireGuardSpec = z.infer<typeof WireGuardSpec>
/** As callers write it: what has a default may be left out. */
export type WireGuardInput = z.input<typeof WireGuardSpec>
