import type { Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

export interface SecurityGroupTable {
  id: Generated<Id>
  account: Id
  name: string
  description: Generated<string>
  created: Created
}

export interface SecurityGroupRuleTable {
  id: Generated<Id>
  security_group: Id
  direction: 'ingress' | 'egress'
  /** `all`, `tcp`, `udp`, `icmp`, `icmpv6` or an IP protocol's number. */
  protocol: string
  startport: number | null
  endport: number | null
  /** Null: any. */
  icmptype: number | null
  icmpcode: number | null
  /** Exactly one of these: a network, or the guests of a group. */
  cidr: string | null
  peer: Id | null
  created: Created
}

export interface SecurityGroupMemberTable {
  security_group: Id
  guest: Id
}
