import { Cidr4, Device, Ipv4, Port } from '@sysvm/agent/spec'
import { z } from 'zod'
import { RULE_ID } from './id.ts'
import { arePortForwards, quickly } from './quick.ts'

export const SourceNat = z.strictObject({
  /** Guests whose packets are translated. */
  network: Cidr4,
  /** Public or private interface they leave by. */
  device: Device,
  /** Address of that interface they take. */
  address: Ipv4,
})
export type SourceNat = z.infer<typeof SourceNat>

/** The API's id of what asked for it, for people and traces. */
const Id = z.string().regex(RULE_ID, 'is not an id of letters, digits and hyphens').optional()

/** One to one, in both directions and for every protocol. */
export const StaticNat = z.strictObject({
  /** Of the public address. */
  id: Id,
  /** Address of a public or private interface. */
  address: Ipv4,
  guest: Ipv4,
})
export type StaticNat = z.infer<typeof StaticNat>

export const PortForward = z.strictObject({
  id: Id,
  /** Address of a public or private interface. */
  address: Ipv4,
  protocol: z.enum(['tcp', 'udp']),
  port: Port,
  /** Last of a range; `port` unless told. */
  endPort: Port.optional(),
  guest: Ipv4,
  /** Where a range begins at the guest, as long as the public one; `port` unless told. */
  guestPort: Port.optional(),
  /** Who is let through; everyone unless told. */
  sources: z.array(Cidr4).min(1).optional(),
})
export type PortForward = z.infer<typeof PortForward>

export const NatSpec = z.strictObject({
  source: z.array(SourceNat),
  static: z.array(StaticNat).default([]),
  /** Grouped by address and protocol, ports ascending, they are checked fastest. */
  forwards: quickly(z.array(PortForward), arePortForwards).default([]),
})
export type NatSpec = z.infer<typeof NatSpec>
