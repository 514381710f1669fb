import type { Codec } from './codec/codec.ts'
import { name, unreadable } from './codec/codec.ts'
import { HAProxyConfigError } from './errors.ts'
import type { Configuration } from './model.ts'
import { type SectionKind, sectionKinds } from './sections/index.ts'
import { splitLine } from './text/quote.ts'

interface Open {
  readonly kind: SectionKind
  readonly section: Record<string, unknown>
}

const open = (kind: SectionKind, words: readonly string[]): Open => {
  const [own, from, defaults, ...rest] = words
  if (!kind.named) {
    if (words.length > 0) throw unreadable(`${kind.keyword} has no name`)
    return { kind, section: {} }
  }
  if (rest.length > 0 || (from !== undefined && (from !== 'from' || !kind.from)))
    throw unreadable('too much stands in this line')
  const base = from === undefined ? {} : { from: name.read(defaults ?? '') }
  return { kind, section: { name: name.read(own ?? ''), ...base } }
}

const starts = (words: readonly string[], keyword: readonly string[]): boolean =>
  keyword.every((word, index) => words[index] === word)

/** The field that a line belongs to: the longest keyword wins, `stats socket` before `stats`. */
const fieldOf = ({ fields }: SectionKind, words: readonly string[]): readonly [string, Codec<unknown>] => {
  const [found] = Object.entries(fields)
    .filter(([, { keyword }]) => starts(words, keyword))
    .toSorted(([, a], [, b]) => b.keyword.length - a.keyword.length)
  if (found === undefined) throw unreadable(`${JSON.stringify(words[0])} is not among what this library reads`)
  return found
}

const readLine = ({ kind, section }: Open, words: readonly string[]): void => {
  const [key, { keyword, read }] = fieldOf(kind, words)
  section[key] = read(words.slice(keyword.length), section[key])
}

const atLine = <T>(line: number, work: () => T): T => {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof HAProxyConfigError)) throw cause
    throw new HAProxyConfigError('HAPROXY_UNREADABLE', `line ${line}: ${cause.message}`, { cause, line })
  }
}

/** Reads back what `render` writes, and configurations within the same words. Throws HAPROXY_UNREADABLE with the line. */
export const parse = (text: string): Configuration => {
  const found: Record<string, unknown> = {}
  let current: Open | undefined
  const begin = (kind: SectionKind, words: readonly string[]): void => {
    current = open(kind, words)
    const { section } = current
    if (!kind.named && found[kind.key] !== undefined) throw unreadable(`there are two ${kind.keyword} sections`)
    found[kind.key] = kind.named ? [...((found[kind.key] as unknown[]) ?? []), section] : section
  }
  for (const [index, line] of text.split('\n').entries())
    atLine(index + 1, () => {
      const words = splitLine(line)
      if (words.length === 0) return
      const kind = sectionKinds.find(({ keyword }) => keyword === words[0])
      if (kind !== undefined) return begin(kind, words.slice(1))
      if (current === undefined) throw unreadable('no section has begun')
      readLine(current, words)
    })
  return found as Configuration
}
