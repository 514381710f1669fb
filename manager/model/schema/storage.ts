import type { ColumnType, Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

/** A count of bytes beyond 32 bits: read as text, since numbers of JavaScript end at 2^53. */
type Bytes = ColumnType<string | null, number | null | undefined, number | null>

export interface StoragePoolTable {
  id: Generated<Id>
  zone: Id
  pod: Id | null
  cluster: Id | null
  name: string
  type: 'Filesystem' | 'NetworkFilesystem'
  server: string
  path: string
  scope: 'CLUSTER' | 'ZONE'
  hypervisor: string | null
  tags: Generated<string[]>
  state: Generated<'Up' | 'Disabled' | 'Maintenance'>
  /** As the operator gave it; null: nobody said. */
  capacitybytes: Bytes
  created: Created
}

/** All pools, those of the hosts included. */
export interface StoragePoolView extends Omit<StoragePoolTable, 'scope'> {
  scope: 'CLUSTER' | 'ZONE' | 'HOST'
  host: Id | null
  used: Bytes
}

export interface ImageStoreTable {
  id: Generated<Id>
  /** Null: for all zones. */
  zone: Id | null
  name: string
  url: string
  protocol: 'nfs' | 'file'
  provider: 'NFS'
  readonly: Generated<boolean>
  created: Created
}
