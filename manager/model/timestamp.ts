import pg from 'pg'

const { builtins, getTypeParser: parserOf } = pg.types

const parseAny = parserOf(builtins.TIMESTAMPTZ) as (text: string) => unknown

/** A moment as PostgreSQL writes it in a session of UTC, the most usual one: `2026-11-22 08:54:51.123456+00`. */
const USUAL = /^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/

/** What pg's own parser gives, in half its time: a page of a thousand moments shows it. */
export const parseTimestamp = (text: string): unknown => {
  if (!USUAL.test(text)) return parseAny(text)
  const two = (at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48
  let milliseconds = 0
  for (let at = 20, worth = 100; at < 23 && at < text.length - 3; at++, worth /= 10)
    milliseconds += (text.charCodeAt(at) - 48) * worth
  return new Date(Date.UTC(two(0) * 100 + two(2), two(5) - 1, two(8), two(11), two(14), two(17), milliseconds))
}

/** pg's parsers, but for moments. */
export const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === builtins.TIMESTAMPTZ && format !== 'binary'
    ? parseTimestamp
    : parserOf(oid, format as 'text')) as typeof pg.types.getTypeParser
