import { Cidr4, Cidr6 } from '@sysvm/agent/spec'
import { z } from 'zod'

const PortNumber = z.int().min(0).max(65_535)
const Octet = z.int().min(0).max(255)
const Cidrs = z
  .array(z.union([Cidr4, Cidr6], { error: 'is not a network such as 10.1.1.0/24 or 2001:db8::/64' }))
  .min(1)

/** A rule of the firewall or of an ACL. What it leaves out matches everything. */
export const FilterRule = z
  .strictObject({
    /** The API's id of the rule, for people and traces. */
    id: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'is not an id of letters, digits and hyphens')
      .optional(),
    /** Its place, where the list has numbers of its own: smaller ones come first. */
    number: z.int().min(0).max(2_147_483_647).optional(),
    action: z.enum(['allow', 'deny']).default('allow'),
    /** `all`, or a protocol by name or number. */
    protocol: z.union([z.enum(['tcp', 'udp', 'icmp', 'icmpv6', 'all']), Octet]).default('all'),
    /** Of tcp and udp: first and last port of the destination. */
    ports: z
      .tuple([PortNumber, PortNumber])
      .refine(([first, last]) => first <= last, { error: 'runs downwards: give the lower port first' })
      .optional(),
    /** Of icmp and icmpv6; without `code` every code of the type. */
    icmp: z.strictObject({ type: Octet, code: Octet.optional() }).optional(),
    /** Any of these; networks of both families may be mixed, each matches its own family's packets. */
    sources: Cidrs.optional(),
    destinations: Cidrs.optional(),
  })
  .refine(({ protocol, ports }) => ports === undefined || protocol === 'tcp' || protocol === 'udp', {
    error: 'has ports, which only tcp and udp have',
    path: ['ports'],
  })
  .refine(({ protocol, icmp }) => icmp === undefined || protocol === 'icmp' || protocol === 'icmpv6', {
    error: 'has an ICMP type, which only icmp and icmpv6 have',
    path: ['icmp'],
  })
export type FilterRule = z.infer<typeof FilterRule>
/** As callers write it: what has a default may be left out. */
export type FilterRuleInput = z.input<typeof FilterRule>

/** An ordered list: the first rule that matches decides. */
export const FilterList = z.strictObject({
  rules: z.array(FilterRule).default([]),
  /** What happens to a packet that no rule matches. */
  otherwise: z.enum(['allow', 'deny']),
})
export type FilterList = z.infer<typeof FilterList>
export type FilterListInput = z.input<typeof FilterList>
