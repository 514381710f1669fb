import type { ColumnType, Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

export type RoleKind = 'Admin' | 'ResourceAdmin' | 'DomainAdmin' | 'User'
/** Of accounts and users; the things of a disabled account are stopped, a locked one only cannot enter. */
export type EntryState = 'enabled' | 'disabled' | 'locked'

export interface DomainTable {
  id: Generated<Id>
  /** Null: it is ROOT. */
  parent: Id | null
  name: string
  /** Names from ROOT down to it, `ROOT/sales/emea`: with a slash behind it, every domain beneath begins so. */
  path: string
  networkdomain: string | null
  state: Generated<'Active' | 'Inactive'>
  created: Created
}

export interface RoleTable {
  id: Generated<Id>
  name: string
  type: RoleKind
  description: Generated<string>
  isdefault: Generated<boolean>
  ispublic: Generated<boolean>
  state: Generated<'enabled' | 'disabled'>
  created: Created
}

/** The first rule of a role that fits a command decides; none: the kind of the role does. */
export interface RolePermissionTable {
  id: Generated<Id>
  role: Id
  /** Name of a command, with * for any text. */
  rule: string
  permission: 'allow' | 'deny'
  description: Generated<string>
  sort_order: number
}

export interface AccountTable {
  id: Generated<Id>
  domain: Id
  name: string
  /** Project: owns what belongs to a project; nobody can enter by it. */
  type: RoleKind | 'Project'
  /** Null exactly for projects. */
  role: Id | null
  state: Generated<EntryState>
  networkdomain: string | null
  default_zone: Id | null
  created: Created
}

export interface CloudUserTable {
  id: Generated<Id>
  account: Id
  /** Its account's: a name is taken once in a domain. */
  domain: Id
  username: string
  firstname: string
  lastname: string
  email: string
  timezone: string | null
  state: Generated<EntryState>
  /** Null: no password opens it. */
  password_hash: string | null
  api_key: string | null
  /** Opens under `user/<id>`. */
  secret_key_sealed: string | null
  created: Created
}

export interface ProjectTable {
  id: Generated<Id>
  /** Its own account, of type Project: the owner of its things. */
  account: Id
  domain: Id
  name: string
  displaytext: string
  state: Generated<'Active' | 'Suspended' | 'Disabled'>
  created: Created
}

export interface ProjectAccountTable {
  project: Id
  account: Id
  role: 'Admin' | 'Regular'
}

export interface SessionTable {
  /** SHA-256 of the cookie. */
  id: Buffer
  cloud_user: Id
  /** SHA-256 of the sessionkey. */
  sessionkey: Buffer
  address: string
  created: Created
  last_used: ColumnType<Date, Date | undefined, Date>
}
