import { Cidr4, Device, DomainName, HostLabel, Ipv4, Mac } from '@sysvm/agent/spec'
import { z } from 'zod'

export const Reservation = z.strictObject({ mac: Mac, address: Ipv4, hostname: HostLabel.optional() })

export const Subnet = z.strictObject({
  device: Device,
  network: Cidr4,
  gateway: Ipv4,
  nameservers: z.array(Ipv4).min(1),
  domain: DomainName,
  /** Only reserved guests are answered: the manager owns every address. */
  reservations: z.array(Reservation),
  mtu: z.int().min(576).max(9216).optional(),
})

export const DhcpSpec = z.strictObject({
  subnets: z.array(Subnet).min(1),
  leaseSeconds: z.int().min(60).default(86400),
})
export type DhcpSpec = z.infer<typeof DhcpSpec>
