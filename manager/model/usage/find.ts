import { type Kysely, type Selectable, sql } from 'kysely'
import { type Accounts, amongAccounts } from '../among.ts'
import { anywhere, type Found, findPage, type Page } from '../page.ts'
import type { UsageRecordTable } from '../schema/record.ts'
import type { Database } from '../schema.ts'

export type UsageRecord = Selectable<UsageRecordTable>

export interface UsageFilter {
  readonly from: Date
  readonly until: Date
  /** Undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly type?: number | undefined
  readonly resource?: string | undefined
  readonly keyword?: string | undefined
}

/** Records of periods that begin between the dates. */
export const findUsage = (db: Kysely<Database>, filter: UsageFilter, page: Page): Promise<Found<UsageRecord>> => {
  let query = db
    .selectFrom('usage_record')
    .selectAll()
    .where('start_date', '>=', filter.from)
    .where('start_date', '<=', filter.until)
    .orderBy('start_date')
    .orderBy('type')
    .orderBy('id')
  if (filter.accounts !== undefined) query = query.where(amongAccounts('usage_record.account', filter.accounts))
  if (filter.type !== undefined) query = query.where('type', '=', filter.type)
  if (filter.resource !== undefined) query = query.where('resource', '=', filter.resource)
  if (filter.keyword) query = query.where(sql<boolean>`facts ->> 'name' ilike ${anywhere(filter.keyword)}`)
  return findPage(query, page)
}
