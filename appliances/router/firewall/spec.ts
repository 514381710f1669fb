import { Device, Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'
import { FilterList, FilterRule } from './rule.ts'

/** What may come in at a public address: what a rule allows, and nothing else. */
export const PublicAddress = z.strictObject({
  address: Ipv4,
  rules: z.array(
    FilterRule.refine(({ destinations }) => destinations === undefined, {
      error: 'has destinations, but is for one address',
      path: ['destinations'],
    }).refine(({ action }) => action === 'allow', {
      error: 'denies, but what is not allowed is denied anyway',
      path: ['action'],
    }),
  ),
})

/** What guests of one network may send, and what may reach them besides translated connections. */
export const GuestNetwork = z.strictObject({
  device: Device,
  /** Default: the firewall's `egress`. */
  egress: FilterList.optional(),
  /** Of networks that are routed, in IPv4, IPv6 or both. Absent: nothing comes in untranslated. */
  ingress: FilterList.optional(),
})

/** The baseline follows from the interfaces' roles; these are the rules of users. */
export const FirewallSpec = z.strictObject({
  /** What guests may send out where `networks` does not say otherwise. */
  egress: z.enum(['allow', 'deny']).default('allow'),
  /** Public addresses whose ingress is decided here; others are left to the ACLs of the tiers they lead to. */
  addresses: z.array(PublicAddress).default([]),
  networks: z.array(GuestNetwork).default([]),
})
export type FirewallSpec = z.infer<typeof FirewallSpec>
/** As callers write it: what has a default may be left out. */
export type FirewallInput = z.input<typeof FirewallSpec>
