import type { Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

/** A name that guests of an account are shown under. */
export interface InstanceGroupTable {
  id: Generated<Id>
  account: Generated<Id>
  name: string
  created: Created
}

/** Guests that want the same host, or different ones. */
export interface AffinityGroupTable {
  id: Generated<Id>
  account: Generated<Id>
  name: string
  description: string | null
  type: 'host affinity' | 'host anti-affinity' | 'non-strict host affinity' | 'non-strict host anti-affinity'
  created: Created
}

export interface AffinityMemberTable {
  affinity_group: Id
  guest: Id
}
