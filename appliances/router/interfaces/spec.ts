import { Cidr4, Device, Ipv4, Mac } from '@sysvm/agent/spec'
import { z } from 'zod'

export const Interface = z.strictObject({
  device: Device,
  mac: Mac,
  /** `private`: towards a private gateway of a VPC; unlike `public` it is nobody's way to the internet. */
  role: z.enum(['control', 'guest', 'public', 'private']),
  /** With prefix length, the first one primary. */
  addresses: z.array(Cidr4).min(1),
  /** With redundancy: what this router alone has. `addresses` are then shared: the primary of the two has them. */
  own: z.array(Cidr4).optional(),
  mtu: z.int().min(576).max(9216).optional(),
  /** Of a public interface: next hops of its addresses' networks. What comes in by one is answered by it. */
  gateways: z.array(Ipv4).optional(),
})

export const InterfacesSpec = z.strictObject({
  interfaces: z.array(Interface).min(1),
  /** Next hop of the default route, on a public interface. */
  gateway: Ipv4.optional(),
})
export type InterfacesSpec = z.infer<typeof InterfacesSpec>
