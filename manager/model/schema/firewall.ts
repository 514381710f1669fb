import type { Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

/** A rule of an isolated network; rules of tiers are in `network_acl`. */
export interface FirewallRuleTable {
  id: Generated<Id>
  /** Of which family of commands it is: of a public address, of what guests send, of IPv6, of a routed network. */
  kind: 'Ingress' | 'Egress' | 'Ipv6' | 'Routing'
  network: Id
  /** Set exactly when the kind is Ingress. */
  public_ip: Id | null
  traffictype: 'Ingress' | 'Egress'
  protocol: 'tcp' | 'udp' | 'icmp' | 'all'
  startport: number | null
  endport: number | null
  /** Null: every one, as -1 in the API. */
  icmptype: number | null
  icmpcode: number | null
  /** Sources; empty: all of the rule's family. */
  cidrlist: Generated<string[]>
  /** Destinations; empty: all of the rule's family. */
  destcidrlist: Generated<string[]>
  /** What it was opened for, with which it goes. */
  related: Id | null
  /** Of the network, from which on its router has it. */
  revision: Generated<number>
  created: Created
}
