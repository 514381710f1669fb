import { Cidr4, Cidr6, Device, DomainName, Ip } from '@sysvm/agent/spec'
import { z } from 'zod'

export const DnsRecord = z.strictObject({ name: DomainName, address: Ip })
export type DnsRecord = z.infer<typeof DnsRecord>

/** What the guests of one interface are told; each view is a server of its own, so none can be asked another's names. */
export const DnsView = z.strictObject({
  device: Device,
  /** Addresses of that interface that answer. */
  listen: z.array(Ip).min(1),
  /** Answered here, never forwarded. */
  domain: DomainName,
  /** Networks whose reverse names are answered here, never forwarded; private IPv4 ones always are. */
  networks: z.array(z.union([Cidr4, Cidr6])).optional(),
  upstreams: z.array(Ip),
  /** Fully qualified; forward and reverse. The first name of an address is the one that a reverse lookup gives. */
  records: z.array(DnsRecord),
})
export type DnsView = z.infer<typeof DnsView>

export const DnsSpec = z.strictObject({ views: z.array(DnsView).min(1) })
export type DnsSpec = z.infer<typeof DnsSpec>
