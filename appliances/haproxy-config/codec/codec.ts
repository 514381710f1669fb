import { HAProxyConfigError } from '../errors.ts'
import { printable } from '../text/quote.ts'

export type Words = readonly string[]

/** How a field of a section is written, one entry per line, and read back. `keyword` leads each of its lines. */
export interface Codec<T> {
  readonly keyword: Words
  readonly write: (value: T) => readonly Words[]
  /** Takes one line's words after the keyword, and what earlier lines gave. */
  readonly read: (words: Words, known: T | undefined) => T
}

/** A codec for every field of a section, in the order in which they are written. */
export type Fields<T> = { readonly [K in keyof T]-?: Codec<NonNullable<T[K]>> }

/** A value that is one word. */
export interface Scalar<T> {
  readonly write: (value: T) => string
  readonly read: (word: string) => T
}

export const invalid = (what: string, value: unknown): HAProxyConfigError =>
  new HAProxyConfigError('HAPROXY_VALUE', `${what}: ${JSON.stringify(value) ?? String(value)} does not fit`)

export const unreadable = (what: string, line?: number): HAProxyConfigError =>
  new HAProxyConfigError('HAPROXY_UNREADABLE', what, line === undefined ? {} : { line })

/** Writes and reads only what `accepts` accepts. */
const checked = <T>(
  what: string,
  accepts: (value: T) => boolean,
  write: (value: T) => string,
  read: (word: string) => T,
): Scalar<T> => ({
  write: (value) => {
    if (!accepts(value)) throw invalid(what, value)
    return write(value)
  },
  read: (word) => {
    const value = read(word)
    if (!accepts(value) || write(value) !== word) throw unreadable(`${what}: ${JSON.stringify(word)} does not fit`)
    return value
  },
})

const same = (text: string): string => text

export const integer = (min = 0, max = 2 ** 31 - 1): Scalar<number> =>
  checked('a number', (value) => Number.isInteger(value) && value >= min && value <= max, String, Number)

export const pattern = (what: string, regex: RegExp): Scalar<string> =>
  checked(what, (value) => typeof value === 'string' && regex.test(value), same, same)

/** Any printable text; it is quoted where it must be. */
export const text: Scalar<string> = checked('a text', (value) => printable(value) === value && value !== '', same, same)

/** No blanks or quotes: also haproxy's second look at a word finds nothing in it. */
export const token = pattern('a word', /^[A-Za-z0-9_./:@,%+=~*!-]+$/)
export const name = pattern('a name', /^[A-Za-z0-9_.:-]{1,255}$/)
export const file = pattern('a path', /^[A-Za-z0-9_./@:+,=-]+$/)
export const octal: Scalar<number> = checked(
  'permission bits',
  (value) => Number.isInteger(value) && value >= 0 && value <= 0o777,
  (value) => value.toString(8).padStart(4, '0'),
  (word) => Number.parseInt(word, 8),
)

export const choice = <const T extends string>(...choices: readonly T[]): Scalar<T> =>
  checked<T>(
    choices.join(', '),
    (value) => choices.includes(value),
    same,
    (word) => word as T,
  )

const one = (words: Words): string => {
  const [word, ...rest] = words
  if (word === undefined || rest.length > 0) throw unreadable(`one word belongs here, not ${words.length}`)
  return word
}

const keywordOf = (keyword: string): Words => keyword.split(' ')

/** `maxconn 100`. */
export const value = <T>(keyword: string, scalar: Scalar<T>): Codec<T> => ({
  keyword: keywordOf(keyword),
  write: (given) => [[scalar.write(given)]],
  read: (words) => scalar.read(one(words)),
})

/** A word that is there or not. */
export const flag = (keyword: string): Codec<true> => ({
  keyword: keywordOf(keyword),
  write: () => [[]],
  read: (words) => {
    if (words.length > 0) throw unreadable('nothing belongs behind this word')
    return true
  },
})

/** A line for each. */
export const lines = <T>(
  keyword: string,
  write: (entry: T) => Words,
  read: (words: Words) => T,
): Codec<readonly T[]> => ({
  keyword: keywordOf(keyword),
  write: (entries) => entries.map(write),
  read: (words, known = []) => [...known, read(words)],
})

/** One line of several words. */
export const line = <T>(keyword: string, write: (entry: T) => Words, read: (words: Words) => T): Codec<T> => ({
  keyword: keywordOf(keyword),
  write: (entry) => [write(entry)],
  read: (words, known) => {
    if (known !== undefined) throw unreadable('this line is there twice')
    return read(words)
  },
})

/** All in one line. */
export const list = <T>(keyword: string, scalar: Scalar<T>): Codec<readonly T[]> =>
  line(
    keyword,
    (entries) => entries.map(scalar.write),
    (words) => words.map(scalar.read),
  )
