import { Cidr4, Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'
import { User } from '../remoteaccess/spec.ts'
import { PreSharedKey } from '../values.ts'

/** L2TP over IPsec (RFC 3193) with MSCHAPv2, as the clients of old systems have it. */
export const L2tp = z.strictObject({
  /** Of a public interface: what clients connect to. */
  address: Ipv4,
  /** Both ends included: the first is the router's own, clients get the others. */
  pool: z.strictObject({ first: Ipv4, last: Ipv4 }),
  /** What clients may reach; networks, without host bits. */
  subnets: z.array(Cidr4).min(1).max(128),
  /** Name servers that clients are told. */
  dns: z.array(Ipv4).max(2).default([]),
  /** What all clients know. Secret. */
  psk: PreSharedKey,
  users: z.array(User).max(10_000).default([]),
})
export type L2tp = z.infer<typeof L2tp>
