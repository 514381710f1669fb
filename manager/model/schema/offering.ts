import type { ColumnType, Generated } from 'kysely'
import type { Created, Id } from './columns.ts'

type Words = ColumnType<Record<string, string>, string | undefined, string>

/** Size of machines. */
export interface ServiceOfferingTable {
  id: Generated<Id>
  name: string
  displaytext: string
  /** 0: each guest chooses, between the least and the most. */
  cpunumber: number
  cpuspeed: number
  /** 0: each guest chooses. */
  memory: number
  issystem: Generated<boolean>
  customized: Generated<boolean>
  mincpunumber: number | null
  maxcpunumber: number | null
  minmemory: number | null
  maxmemory: number | null
  /** With commas; a host must have all. */
  hosttags: Generated<string>
  storagetags: Generated<string>
  /** As it was asked for; disks are on their guests' hosts in any case. */
  storagetype: Generated<'local' | 'shared'>
  offerha: Generated<boolean>
  limitcpuuse: Generated<boolean>
  isvolatile: Generated<boolean>
  scalable: Generated<boolean>
  state: Generated<'Active' | 'Inactive'>
  systemvmtype: string | null
  details: Words
  /** Empty: every domain. A domain's subdomains may use it too. */
  domains: Generated<string[]>
  /** Empty: every zone. */
  zones: Generated<string[]>
  sortkey: Generated<number>
  created: Created
}

/** Size of data disks. */
export interface DiskOfferingTable {
  id: Generated<Id>
  name: string
  displaytext: string
  /** GiB; null: who makes the disk chooses. */
  disksize: ColumnType<string | null, number | null, number | null>
  customized: Generated<boolean>
  storagetype: Generated<'local' | 'shared'>
  provisioningtype: Generated<string>
  tags: Generated<string>
  displayoffering: Generated<boolean>
  encrypt: Generated<boolean>
  /** A disk of it keeps this size. */
  strict: Generated<boolean>
  cachemode: string | null
  /** Rates by the names that the API gives them: `{"iopsreadrate": 500}`. */
  limits: ColumnType<Record<string, number>, string | undefined, string>
  details: Words
  domains: Generated<string[]>
  zones: Generated<string[]>
  state: Generated<'Active' | 'Inactive'>
  sortkey: Generated<number>
  created: Created
}
