import { SysvmError } from '@sysvm/errors'
import { type CompiledQuery, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
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

export interface PageOptions<O> {
  /** Told of the page's rows, unless there are none, while they are still counted: what belongs to them can be read then. */
  readonly begin?: (rows: readonly O[]) => void
  /** How the rows are counted, given the query that would; default: by that query. */
  readonly count?: (query: CompiledQuery) => Promise<number>
}

/**
 * The page's rows in the query's order and the number of all. Joins must not multiply rows, and those of which no filter
 * speaks must be left joins. With `key`, the column that names a row, the page is cut before the joins that only look
 * something up: what is skipped costs an index entry and no more.
 */
export const findPage = async <DB, TB extends keyof DB, O>(
  all: SelectQueryBuilder<DB, TB, O>,
  page: Page,
  key?: string,
  { begin, count }: PageOptions<O> = {},
): Promise<Found<O>> => {
  const query = withTags(all, page, key)
  const lean = query.clearSelect().withPlugin(withoutIdleJoins)
  const cut = <T>(whole: SelectQueryBuilder<DB, TB, T>) => whole.limit(page.limit).offset(page.offset)
  const inPage = (column: RawBuilder<string>) =>
    // As an array it is found before all else, and its rows are looked up one by one.
    query.clearWhere().where(sql<boolean>`${column} = any(array(${cut(lean.select(column.as('id')))}))`)
  const countAll = async (): Promise<number> => {
    const counting = lean.clearOrderBy().select((eb) => eb.fn.countAll<string>().as('count'))
    if (count !== undefined) return count(counting.compile())
    const counted = (await counting.executeTakeFirstOrThrow()) as { readonly count: string }
    return Number(counted.count)
  }
  if (page.countOnly) return { count: await countAll(), rows: [] }
  const paged = key === undefined ? cut(query) : inPage(sql.ref<string>(key))
  const { sql: text } = paged.compile()
  const read = async (): Promise<readonly O[]> => {
    const rows = await paged.execute()
    if (rows.length > 0) begin?.(rows)
    return rows
  }
  // A page that was full last time will be again: what is asked for next is asked for at once.
  const [rows, early] = await Promise.all([read(), full.has(text) ? countAll() : undefined])
  const { length } = rows
  remember(text, length === page.limit)
  // A page that is not full shows the end, unless it lies behind it.
  if (length < page.limit && (length > 0 || page.offset === 0)) return { count: page.offset + length, rows }
  return { count: early ?? (await countAll()), rows }
}

/** For `ilike`: the text anywhere in the column, its own wildcards taken literally. */
export const anywhere = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
