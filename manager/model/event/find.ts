import { type Kysely, type RawBuilder, type Selectable, type SelectQueryBuilder, sql } from 'kysely'
import { type Accounts, amongAccounts } from '../among.ts'
import { contains, isWeak } from '../contains.ts'
import { anywhere, type Found, findPage, type Page } from '../page.ts'
import type { EventTable } from '../schema/record.ts'
import type { Database } from '../schema.ts'
import { kindNamed } from './commands.ts'

export type Event = Selectable<EventTable>

export interface EventFilter {
  /** Only of these accounts' things; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly archived?: boolean | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
  readonly keyword?: string | undefined
  readonly level?: Event['level'] | undefined
  readonly type?: string | undefined
  readonly state?: Event['state'] | undefined
  readonly resource?: string | undefined
  readonly resourceType?: string | undefined
  /** The event that began a job, and those that follow from it. */
  readonly start?: string | undefined
  /** Jobs that began within so many seconds and have not ended after so many. */
  readonly pending?: { readonly within: number; readonly after: number } | undefined
}

/** As the index of trigrams has it. */
const WORDS = sql`type || ' ' || level || ' ' || description`

/** What stands between letters, and the letter that the index of marks has in its place (migration 0049). */
const MARKS = ` -._:/@,;()'"=+#`
const MARKED = sql`translate(${WORDS}, ${sql.lit(MARKS)}, ${sql.lit('q'.repeat(MARKS.length))})`

const LEVELS: readonly Event['level'][] = ['INFO', 'WARN', 'ERROR']

/** Types that events have, each found by the index of the one before it. */
const TYPES = sql`
  with recursive each as (
    (select type from event order by type limit 1)
    union all
    select (select type from event where event.type > each.type order by type limit 1) from each where each.type is not null)
  select type from each`

/**
 * A text of letters with marks between them is looked for by the index of marks. What neither index is any help with is
 * looked for in each part by itself: in the few types and levels, which are in capitals and of which an event's own are
 * then looked up, and in the description.
 */
const mentions = (keyword: string): RawBuilder<boolean> => {
  const words = sql<boolean>`(${WORDS}) ilike ${anywhere(keyword)}`
  if (!isWeak(keyword)) return words
  const marked = [...keyword].map((one) => (MARKS.includes(one) ? 'q' : one)).join('')
  if (!isWeak(marked)) return sql<boolean>`(${MARKED} ilike ${anywhere(marked)} and ${words})`
  if (/\s/.test(keyword)) return words
  const capitals = keyword.toUpperCase()
  const levels = LEVELS.filter((level) => level.includes(capitals))
  return sql<boolean>`(type = any(array(select type from (${TYPES}) known where type like ${anywhere(capitals)}))
    or level = any(${levels}) or ${contains(['description'], keyword)})`
}

export const findEvents = (db: Kysely<Database>, filter: EventFilter, page: Page): Promise<Found<Event>> => {
  let query = db.selectFrom('event').selectAll().orderBy('created', 'desc').orderBy('id', 'desc')
  if (filter.accounts !== undefined) query = query.where(amongAccounts('event.account', filter.accounts))
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  // Who names one finds it, archived or not.
  else query = query.where('archived', '=', filter.archived ?? false)
  if (filter.from !== undefined) query = query.where('created', '>=', filter.from)
  if (filter.until !== undefined) query = query.where('created', '<=', filter.until)
  if (filter.keyword) query = query.where(mentions(filter.keyword))
  if (filter.level !== undefined) query = query.where('level', '=', filter.level)
  if (filter.type !== undefined) query = query.where(sql<boolean>`type = upper(${filter.type})`)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.resource !== undefined) query = query.where('resource', '=', filter.resource)
  if (filter.resourceType !== undefined) query = query.where('resource_type', '=', kindNamed(filter.resourceType))
  if (filter.start !== undefined) {
    const start = filter.start
    query = query.where((eb) => eb.or([eb('id', '=', start), eb('parent', '=', start)]))
  }
  if (filter.pending !== undefined) {
    const { within, after } = filter.pending
    query = query.where(sql<boolean>`state = 'Scheduled'
      and created between now() - make_interval(secs => ${within}) and now() - make_interval(secs => ${after})
      and not exists (select from event ended where ended.parent = event.id and ended.state = 'Completed')`)
  }
  return findPage(query, page)
}

export interface Chosen {
  readonly accounts?: Accounts | undefined
  readonly ids?: readonly string[] | undefined
  readonly type?: string | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
}

const chosen = <O>(
  query: SelectQueryBuilder<Database, 'event', O>,
  { accounts, ids, type, from, until }: Chosen,
): SelectQueryBuilder<Database, 'event', O> => {
  let found = query
  if (accounts !== undefined) found = found.where(amongAccounts('event.account', accounts))
  if (ids !== undefined) found = found.where('id', '=', sql<string>`any(${[...ids]}::uuid[])`)
  if (type !== undefined) found = found.where(sql<boolean>`type = upper(${type})`)
  if (from !== undefined) found = found.where('created', '>=', from)
  if (until !== undefined) found = found.where('created', '<=', until)
  return found
}

/** How many were archived. */
export const archiveEvents = async (trx: Kysely<Database>, choice: Chosen): Promise<number> => {
  const { numUpdatedRows } = await trx
    .updateTable('event')
    .set({ archived: true })
    .where('id', 'in', chosen(trx.selectFrom('event').select('id'), choice))
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** How many were deleted. */
export const deleteEvents = async (trx: Kysely<Database>, choice: Chosen): Promise<number> => {
  const { numDeletedRows } = await trx
    .deleteFrom('event')
    .where('id', 'in', chosen(trx.selectFrom('event').select('id'), choice))
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
