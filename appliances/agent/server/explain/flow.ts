import { z } from 'zod'
import { Ipv4, Port } from '../../spec/index.ts'

/** The packet that is asked about: the first of a connection, or an echo request. */
export const Flow = z
  .strictObject({
    kind: z.literal('explain'),
    source: Ipv4,
    destination: Ipv4,
    protocol: z.enum(['tcp', 'udp', 'icmp']),
    port: Port.optional(),
  })
  .refine(({ protocol, port }) => (protocol === 'icmp') === (port === undefined), {
    error: 'is needed for tcp and udp, and only there',
    path: ['port'],
  })
export type Flow = Omit<z.infer<typeof Flow>, 'kind'>
