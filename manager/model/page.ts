import { SysvmError } from '@sysvm/errors'
import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import { withoutIdleJoins } from './idlejoins.ts'

/** One page of a list; `offset` counts rows. */
export interface Page {
  readonly limit: number
  readonly offset: number
  /** Only of things that have one of these tags; the list must name its `key`. */
  readonly tags?: readonly { readonly key: string; readonly value: string }[] | undefined
  /** No rows, only their number. */
  readonly countOnly?: boolean | undefined
}

export interface Found<T> {
  /** All rows that match, not only this page. */
  readonly count: number
  readonly rows: readonly T[]
}

/** Only rows whose thing has one of the page's tags. */
const withTags = <DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  { tags }: Page,
  key: string | undefined,
): SelectQueryBuilder<DB, TB, O> => {
  if (tags === undefined) return query
  if (key === undefined) throw new SysvmError('SYSVM_API_REGISTRY', 'A list that takes tags does not name its key.')
  const wanted = sql.join(tags.map((tag) => sql`(${tag.key}, ${tag.value})`))
  return query.where(
    sql<boolean>`${sql.ref(key)} in (select resource from resource_tag where (key, value) in (${wanted}))`,
  )
}

/** Queries, as text, whose page was full when they were last asked. */
const full = new Set<string>()
const MOST_REMEMBERED = 1000

const remember = (text: string, isFull: boolean): void => {
  if (!isFull) full.delete(text)
  else if (full.size < MOST_REMEMBERED) full.add(text)
}

/**
 * The page's rows in the query's order and the number of all. Joins must not multiply rows, and those of which no filter
 * speaks must be left joins. With `key`, the column that names a row, the page is cut before the joins that only look
 * something up: what is skipped costs an index entry and no more. `begin` is told which rows they are before these are
 * read, so that what belongs to them can be read at the same time.
 */
export const findPage = async <DB, TB extends keyof DB, O>(
  all: SelectQueryBuilder<DB, TB, O>,
  page: Page,
  key?: string,
  begin?: (keys: readonly string[]) => void,
): Promise<Found<O>> => {
  const query = withTags(all, page, key)
  const lean = query.clearSelect().withPlugin(withoutIdleJoins)
  const cut = <T>(whole: SelectQueryBuilder<DB, TB, T>) => whole.limit(page.limit).offset(page.offset)
  const inPage = (column: RawBuilder<string>) =>
    // As an array it is found before all else, and its rows are looked up one by one.
    query.clearWhere().where(sql<boolean>`${column} = any(array(${cut(lean.select(column.as('id')))}))`)
  const countAll = async (): Promise<number> => {
    const counted = (await lean
      .clearOrderBy()
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow()) as { readonly count: string }
    return Number(counted.count)
  }
  if (page.countOnly) return { count: await countAll(), rows: [] }
  const paged = key === undefined ? cut(query) : inPage(sql.ref<string>(key))
  const { sql: text } = paged.compile()
  const read = async () => {
    if (key === undefined || begin === undefined) return paged.execute().then((rows) => ({ rows, length: rows.length }))
    const found: readonly { readonly id?: string }[] = await cut(lean.select(sql.ref<string>(key).as('id'))).execute()
    const keys = found.map(({ id = '' }) => id)
    begin(keys)
    const rows = await query.where(sql<boolean>`${sql.ref(key)} = any(${keys}::uuid[])`).execute()
    return { rows, length: keys.length }
  }
  // A page that was full last time will be again: what is asked for next is asked for at once.
  const [{ rows, length }, early] = await Promise.all([read(), full.has(text) ? countAll() : undefined])
  remember(text, length === page.limit)
  // A page that is not full shows the end, unless it lies behind it.
  if (length < page.limit && (length > 0 || page.offset === 0)) return { count: page.offset + length, rows }
  return { count: early ?? (await countAll()), rows }
}

/** For `ilike`: the text anywhere in the column, its own wildcards taken literally. */
export const anywhere = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
