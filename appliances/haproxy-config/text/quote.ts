import { HAProxyConfigError } from '../errors.ts'

/** Words that mean the same to haproxy's reader quoted and bare. */
const PLAIN = /^[A-Za-z0-9_./:@,%+=~<>(){}[\]|!?*&^;-]+$/

/** No line break, no control character, no lone surrogate: nothing that a file or terminal would read as more. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** Throws HAPROXY_VALUE for text that no quoting makes safe. */
export const printable = (text: string): string => {
  if (!UNPRINTABLE.test(text) && text.isWellFormed()) return text
  throw new HAProxyConfigError('HAPROXY_VALUE', `${JSON.stringify(text)} has line breaks or control characters`)
}

/**
 * One word of a line, as haproxy's reader takes it apart again (configuration manual, 2.2 "Quoting and escaping").
 * Between strong quotes nothing has a meaning, so `#`, `$`, `\` and spaces stand for themselves.
 */
export const quote = (text: string): string => {
  if (PLAIN.test(text)) return text
  return `'${printable(text).replaceAll("'", "'\\''")}'`
}

interface Reader {
  readonly words: string[]
  word: string | undefined
}

const unreadable = (what: string): HAProxyConfigError => new HAProxyConfigError('HAPROXY_UNREADABLE', what)

/** Index after a quoted part that begins at `start`. */
const strong = (line: string, start: number, into: Reader): number => {
  const end = line.indexOf("'", start + 1)
  if (end === -1) throw unreadable('a quote is not closed')
  into.word = (into.word ?? '') + line.slice(start + 1, end)
  return end + 1
}

/** The words of one line that `quote` wrote, or that a person wrote with the same means; a comment ends it. */
export const splitLine = (line: string): readonly string[] => {
  const reader: Reader = { words: [], word: undefined }
  const close = (): void => {
    if (reader.word !== undefined) reader.words.push(reader.word)
    reader.word = undefined
  }
  for (let at = 0; at < line.length; ) {
    const character = line.charAt(at)
    if (character === "'") {
      at = strong(line, at, reader)
      continue
    }
    if (character === '#') break
    if (character === '"' || character === '$') throw unreadable(`${character} is not among what this library reads`)
    if (character === ' ' || character === '\t') close()
    else if (character !== '\\') reader.word = (reader.word ?? '') + character
    else {
      const next = line.charAt(at + 1)
      if (!/^[ #"'$\\]$/.test(next)) throw unreadable('an escape is not among what this library reads')
      reader.word = (reader.word ?? '') + next
      at += 1
    }
    at += 1
  }
  close()
  return reader.words
}
