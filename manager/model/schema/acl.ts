import type { Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

export interface NetworkAclListTable {
  id: Generated<Id>
  /** Null: one of the two that every VPC can use. */
  vpc: Id | null
  name: string
  description: string
  isdefault: Generated<boolean>
  created: Created
}

/** An item of a list; the smallest number that matches decides. */
export interface NetworkAclTable {
  id: Generated<Id>
  list: Id
  number: number
  action: 'Allow' | 'Deny'
  traffictype: 'Ingress' | 'Egress'
  /** `tcp`, `udp`, `icmp`, `all` or a protocol's number. */
  protocol: string
  startport: number | null
  endport: number | null
  /** Null: every one, as -1 in the API. */
  icmptype: number | null
  icmpcode: number | null
  cidrlist: string[]
  reason: string | null
  created: Created
}
