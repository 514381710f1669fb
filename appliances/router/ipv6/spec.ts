import { Cidr6, Device, DomainName, HostLabel, Ipv6, Mac } from '@sysvm/agent/spec'
import { z } from 'zod'

/** DHCP unique identifier (RFC 8415, section 11) as Kea writes it: `00:03:00:01:02:00:00:00:00:01`. */
export const Duid = z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){2,129}$/, 'is not a DUID such as 00:03:00:01:02:…')

export const Reservation6 = z.strictObject({
  mac: Mac,
  /** For a guest whose identifier does not tell its MAC address. */
  duid: Duid.optional(),
  address: Ipv6,
  hostname: HostLabel.optional(),
})

/** What guests on an interface are told by router advertisements. */
export const Advertisement = z.strictObject({
  /** `slaac`: guests make their addresses themselves; `dhcp`: they ask for the one that is reserved for them. */
  addressing: z.enum(['slaac', 'dhcp', 'both']),
  nameservers: z.array(Ipv6),
  search: z.array(DomainName),
  mtu: z.int().min(1280).max(9216).optional(),
  /** Of those that ask; whoever has none is given no address. */
  reservations: z.array(Reservation6).optional(),
})

export const Interface6 = z.strictObject({
  device: Device,
  /** With prefix length; that of a guest interface is a /64, which is advertised. */
  addresses: z.array(Cidr6).min(1),
  advertisement: Advertisement.optional(),
})

export const Ipv6Spec = z.strictObject({
  interfaces: z.array(Interface6).min(1),
  /** Next hop of the default route, in the network of a public interface. */
  gateway: Ipv6.optional(),
})
export type Ipv6Spec = z.infer<typeof Ipv6Spec>
