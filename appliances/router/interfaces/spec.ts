import { Cidr4, Device, Ipv4, Mac } from '@sysvm/agent/spec'
import { z } from 'zod'

export const Interface = z.strictObject({
  device: Device,
  mac: Mac,
  role: z.enum(['control', 'guest', 'public']),
  /** With prefix length, the first one primary. */
  addresses: z.array(Cidr4).min(1),
  mtu: z.int().min(576).max(9216).optional(),
})

export const InterfacesSpec = z.strictObject({
  interfaces: z.array(Interface).min(1),
  /** Next hop of the default route, on a public interface. */
  gateway: Ipv4.optional(),
})
export type InterfacesSpec = z.infer<typeof InterfacesSpec>
