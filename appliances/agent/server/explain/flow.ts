import { z } from 'zod'
import { contains6, Ip, Port } from '../../spec/index.ts'

const isSix = (address: string): boolean => address.includes(':')
const isLinkLocal = (address: string): boolean => isSix(address) && contains6('fe80::/10', address)

/** The packet that is asked about: the first of a connection, or an echo request. */
export const Flow = z
  .strictObject({
    kind: z.literal('explain'),
    source: Ip,
    destination: Ip,
    /** `icmp` of IPv6 addresses is ICMPv6. */
    protocol: z.enum(['tcp', 'udp', 'icmp']),
    port: Port.optional(),
  })
  .refine(({ protocol, port }) => (protocol === 'icmp') === (port === undefined), {
    error: 'is needed for tcp and udp, and only there',
    path: ['port'],
  })
  .refine(({ source, destination }) => isSix(source) === isSix(destination), {
    error: 'is not of the same family as the source: both are IPv4 addresses, or both are IPv6 ones',
    path: ['destination'],
  })
  .refine(({ source }) => !isLinkLocal(source), {
    error: 'is a link-local address, which does not tell where it is',
    path: ['source'],
  })
  .refine(({ destination }) => !isLinkLocal(destination), {
    error: 'is a link-local address, to which no router forwards',
    path: ['destination'],
  })
export type Flow = Omit<z.infer<typeof Flow>, 'kind'>
