import { type RawBuilder, sql } from 'kysely'
import { anywhere } from './page.ts'

/** Of so many letters every spelling is looked for: to compare without case takes PostgreSQL five times as long. */
const MOST_LETTERS = 2
/** Without three in a row the index of trigrams finds nothing, or half of the table. */
const TRIGRAM = /[\p{L}\p{N}]{3}/u

/** Whether the index of trigrams is no help with the text. */
export const isWeak = (text: string): boolean => !TRIGRAM.test(text)

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

/** The text with each of its letters small and large. */
const spellings = (text: string): readonly string[] =>
  [...text].reduce<readonly string[]>(
    (all, letter) =>
      [...new Set([letter.toLowerCase(), letter.toUpperCase()])].flatMap((one) => all.map((begun) => begun + one)),
    [''],
  )

const either = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  sql<boolean>`(${sql.join(conditions, sql` or `)})`

const NO_INDEX = sql`collate "C"`

/**
 * Whether the text is in the column as it is written. What the index of trigrams is no help with is not looked for by it,
 * which would take longer than to look at every row: in another collation it is not the index's.
 */
export const containsExactly = (column: string, text: string): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(column)} ${isWeak(text) ? NO_INDEX : sql``} like ${anywhere(text)}`

/** Whether the text is anywhere in one of the columns, without case. */
export const contains = (columns: readonly string[], text: string): RawBuilder<boolean> => {
  const letters = text.match(/[a-z]/gi)?.length ?? 0
  if (!isAscii(text) || letters > (isWeak(text) ? MOST_LETTERS : 0))
    return either(columns.map((column) => sql<boolean>`${sql.ref(column)} ilike ${anywhere(text)}`))
  return either(spellings(text).flatMap((part) => columns.map((column) => containsExactly(column, part))))
}

/** The same of an address as PostgreSQL writes it: few texts are part of one, and with a letter or a colon only of IPv6. */
export const addressContains = (column: string, text: string): RawBuilder<boolean> => {
  if (!/^[0-9a-f:.]*$/.test(text)) return sql<boolean>`false`
  const address = sql.ref(column)
  if (!/[a-f:]/.test(text)) return sql<boolean>`host(${address}) like ${anywhere(text)}`
  return sql<boolean>`(family(${address}) = 6 and host(${address}) like ${anywhere(text)})`
}
