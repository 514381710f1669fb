import type { ColumnType, Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

/** The event of each command. */
export interface CommandEventTable {
  cmd: string
  type: string
  resource: string
  words: string
}

/** What happened; written by triggers and by `record_event`, in the transaction in which it happens. */
export interface EventTable {
  id: Generated<Id>
  /** Whose thing it happened to; else of who asked. */
  account: Generated<Id>
  /** Null: nobody asked for it. */
  cloud_user: Id | null
  username: Generated<string>
  type: string
  level: Generated<'INFO' | 'WARN' | 'ERROR'>
  state: Generated<'Created' | 'Scheduled' | 'Started' | 'Completed'>
  description: string
  resource: Id | null
  resource_type: string | null
  resource_name: string | null
  /** Of the end of a job: the event of its beginning, whose id is the job's. */
  parent: Id | null
  archived: Generated<boolean>
  created: Created
}

/** Raised once for a subject, until it is resolved. */
export interface AlertTable {
  id: Generated<Id>
  /** CloudStack's number. */
  type: number
  subject: string
  name: string
  description: string
  zone: Id | null
  pod: Id | null
  archived: Generated<boolean>
  sent: Generated<Date>
  resolved: Date | null
}

export interface ResourceTagTable {
  id: Generated<Id>
  /** CloudStack's name of the kind. */
  resource_type: string
  resource: Id
  /** The thing's; null: nobody's, as a zone. */
  account: Id | null
  key: string
  value: string
  customer: string | null
  created: Created
}

export interface ResourceDetailTable {
  id: Generated<Id>
  resource_type: string
  resource: Id
  account: Id | null
  key: string
  value: string
  display: Generated<boolean>
  created: Created
}

/** Settings of a zone, cluster, account or domain; those of the cloud are in `configuration`. */
export interface ConfigurationScopedTable {
  scope: 'zone' | 'cluster' | 'account' | 'domain'
  scope_id: Id
  name: string
  value: string
}

/** When one of the managers last did what is done from time to time. */
export interface RecordTaskTable {
  name: string
  done: Generated<Date>
}

/** Append-only: a thing is there from a row that says so until the next row of it. */
export interface UsageLogTable {
  seq: Generated<string>
  at: Generated<Date>
  type: number
  resource: Id
  account: Id
  zone: Id
  present: boolean
  facts: ColumnType<UsageFacts, string, string>
}

export interface UsageFacts {
  readonly name?: string
  readonly offering?: string
  readonly template?: string
  readonly cpunumber?: number
  readonly cpuspeed?: number
  readonly memory?: number
  readonly issourcenat?: boolean
  readonly network?: string | null
  readonly vpc?: string | null
}

/** A period that was added up. */
export interface UsagePeriodTable {
  start_date: Date
  end_date: Date
  made: Generated<Date>
}

export interface UsageRecordTable {
  id: Generated<Id>
  type: number
  resource: Id
  account: Id
  zone: Id
  start_date: Date
  end_date: Date
  /** Hours, or bytes. */
  raw: number
  facts: ColumnType<UsageFacts, string, string>
}
