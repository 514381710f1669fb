import { Cidr4, Device, Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'

export const SourceNat = z.strictObject({
  /** Guests whose packets are translated. */
  network: Cidr4,
  /** Public interface they leave by. */
  device: Device,
  /** Public address they take. */
  address: Ipv4,
})

export const NatSpec = z.strictObject({ source: z.array(SourceNat) })
export type NatSpec = z.infer<typeof NatSpec>
