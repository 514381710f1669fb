import { Device, Ipv4, Mac } from '@sysvm/agent/spec'
import { z } from 'zod'

export const RedundancySpec = z.strictObject({
  /** Guest device on which the two routers hear each other, with an address of its own on either. */
  device: Device,
  peer: z.strictObject({
    /** The other router's own address on that network. */
    address: Ipv4,
    /** Of the other router's nic there: nobody else is heard. */
    mac: Mac,
  }),
  /** Who goes on when both serve, and who begins when both start: `first` on one of the two, `second` on the other. */
  rank: z.enum(['first', 'second']),
  /** Milliseconds between two words of the primary; after three without any the other one takes over. */
  advertMs: z.int().min(50).max(10_000).multipleOf(10).default(100),
})
export type RedundancySpec = z.infer<typeof RedundancySpec>
