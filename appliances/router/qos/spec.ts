import { Device, Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'

/** Megabits per second, as an offering has it. */
const Mbit = z.int().min(1).max(100_000)

export const NetworkLimit = z.strictObject({
  /** Guest interface: all of its network, in each direction. */
  device: Device,
  mbit: Mbit,
})

export const AddressLimit = z.strictObject({
  /** Public address: all that is sent to it and from it, in each direction. */
  address: Ipv4,
  mbit: Mbit,
})

export const QosSpec = z.strictObject({
  networks: z.array(NetworkLimit).default([]),
  addresses: z.array(AddressLimit).default([]),
})
export type QosSpec = z.infer<typeof QosSpec>
