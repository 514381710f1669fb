import type { Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

/** What a host that did not answer may have got of a guest whose move to it was given up. */
export interface LeftBehindTable {
  /** A bigint, so text in JavaScript. */
  number: Generated<string>
  host: Id
  guest: Id
  /** Instance name. */
  machine: string
}

/** A host that was removed by force and did not answer. Its id was the host's, and names its fence. */
export interface FormerHostTable {
  id: Id
  name: string
  url: string
  hypervisor: string
  hostkey: string | null
  created: Created
}
