import { DomainName, Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'

export const DnsRecord = z.strictObject({ name: DomainName, address: Ipv4 })

export const DnsSpec = z.strictObject({
  /** Addresses on guest interfaces that answer. */
  listen: z.array(Ipv4).min(1),
  /** Answered here, never forwarded. */
  domain: DomainName,
  upstreams: z.array(Ipv4),
  /** Fully qualified; forward and reverse. */
  records: z.array(DnsRecord),
})
export type DnsSpec = z.infer<typeof DnsSpec>
