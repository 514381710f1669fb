import { type Codec, invalid, type Scalar, unreadable, type Words } from './codec.ts'

/** One optional part of a line: a word, or a word and its value. */
export type Part<T> = { readonly word: string } & ([T] extends [true]
  ? { readonly scalar?: undefined }
  : { readonly scalar: Scalar<T> })

/** A part for every field; in the order in which they are written. */
export type Parts<T> = { readonly [K in keyof T]-?: Part<NonNullable<T[K]>> }

interface AnyPart {
  readonly word: string
  readonly scalar?: Scalar<unknown>
}

/** Writes the parts that are given; throws HAPROXY_VALUE for one that is not known. */
export const writeParts = <T extends object>(parts: Parts<T>, given: T): Words => {
  const known = parts as Readonly<Record<string, AnyPart>>
  const stray = Object.keys(given).find((key) => known[key] === undefined)
  if (stray !== undefined) throw invalid('an option', stray)
  const values = given as Readonly<Record<string, unknown>>
  return Object.entries(known).flatMap(([key, { word, scalar }]) => {
    const value = values[key]
    if (value === undefined) return []
    if (scalar !== undefined) return [word, scalar.write(value)]
    if (value !== true) throw invalid(`${key} is there or not`, value)
    return [word]
  })
}

/** Reads the same back, in any order. */
export const readParts = <T extends object>(parts: Parts<T>, words: Words): T => {
  const byWord = new Map(
    Object.entries(parts as Readonly<Record<string, AnyPart>>).map(([key, part]) => [part.word, { key, ...part }]),
  )
  const found: Record<string, unknown> = {}
  for (let at = 0; at < words.length; at++) {
    const part = byWord.get(words[at] ?? '')
    if (part === undefined) throw unreadable(`${JSON.stringify(words[at])} is not among what this library reads`)
    if (part.key in found) throw unreadable(`${part.word} is there twice`)
    if (part.scalar === undefined) {
      found[part.key] = true
      continue
    }
    at += 1
    const word = words[at]
    if (word === undefined) throw unreadable(`a value is missing after ${part.word}`)
    found[part.key] = part.scalar.read(word)
  }
  return found as T
}

/** A field that is an object, each of its keys a line: `timeout connect 5000`. */
export const record = <T extends object>(keyword: string, parts: Parts<T>): Codec<T> => ({
  keyword: keyword.split(' '),
  write: (given) =>
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => writeParts(parts, { [key]: value } as T))
      .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  read: (words, known) => ({ ...known, ...readParts(parts, words) }) as T,
})
