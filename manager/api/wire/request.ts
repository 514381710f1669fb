import { SysvmError } from '@sysvm/errors'
import type { MapEntries } from '../parameter.ts'

/** A request taken apart: lower-cased names, values as they came, map parameters gathered by index. */
export interface RawRequest {
  /** Lower-cased; empty when the request names none. */
  readonly command: string
  readonly format: 'json' | 'xml'
  readonly values: ReadonlyMap<string, string | MapEntries>
  /** Every parameter once, named as the client named it: what a signature is over. */
  readonly given: readonly (readonly [name: string, value: string])[]
}

/** Parameters that any request may carry; the authentication step reads them, no command does. */
const UNIVERSAL = new Set([
  '_',
  'apikey',
  'command',
  'ctxaccountid',
  'ctxdetails',
  'ctxstarteventid',
  'ctxuserid',
  'expires',
  'response',
  'sessionkey',
  'signature',
  'signatureversion',
])

const MAP_NAME = /^([a-z0-9_-]+)\[(\d{1,4})\]\.(.+)$/i
// Line feed and carriage return pass, as with CloudStack: descriptions may have several lines.
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]/
const MOST_PARAMETERS = 2000

const decode = (encoded: string): string => {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '))
  } catch (cause) {
    throw new SysvmError('SYSVM_API_MALFORMED', 'The request has a percent sign that starts no UTF-8 character.', {
      cause,
    })
  }
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const parsePairs = (encoded: string): (readonly [string, string])[] => {
  // One more than there may be: what is too much is not even taken apart.
  const pairs = encoded.split('&', MOST_PARAMETERS + 1)
  if (pairs.length > MOST_PARAMETERS) throw bad(`The request has more than ${MOST_PARAMETERS} parameters.`)
  return pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
    })
}

const collectMaps = (pairs: ReadonlyMap<string, string>): Map<string, string | MapEntries> => {
  const values = new Map<string, string | MapEntries>()
  const maps = new Map<string, Map<number, Record<string, string>>>()
  for (const [given, value] of pairs) {
    const [, name, index, key] = MAP_NAME.exec(given) ?? []
    if (name === undefined || index === undefined || key === undefined) {
      values.set(given.toLowerCase(), value)
      continue
    }
    const entries = maps.get(name.toLowerCase()) ?? new Map<number, Record<string, string>>()
    maps.set(name.toLowerCase(), entries)
    // Without a prototype a key such as __proto__ is only a key.
    const entry = entries.get(Number(index)) ?? (Object.create(null) as Record<string, string>)
    entries.set(Number(index), entry)
    entry[key] = value
  }
  for (const [name, entries] of maps) {
    if (values.has(name)) throw bad(`Parameter ${name} is given both as a value and as a map: keep one.`)
    values.set(
      name,
      [...entries].sort(([a], [b]) => a - b).map(([, entry]) => entry),
    )
  }
  return values
}

const formatOf = (value: string | MapEntries | undefined): 'json' | 'xml' =>
  typeof value === 'string' && value.toLowerCase() === 'json' ? 'json' : 'xml'

/** Command and format as far as they can be told from a request that is otherwise unreadable: an error needs both. */
export const peekRequest = (encoded: readonly string[]): Pick<RawRequest, 'command' | 'format'> => {
  const values = new Map<string, string>()
  const pairs = encoded.flatMap((part) => part.split('&', MOST_PARAMETERS))
  for (const [name, value] of new URLSearchParams(pairs.join('&'))) values.set(name.toLowerCase(), value)
  return { command: (values.get('command') ?? '').toLowerCase(), format: formatOf(values.get('response')) }
}

/**
 * Reads the query string and the form body together. The same name twice is refused unless the values agree:
 * which of two answers is meant is not ours to guess.
 */
export const parseRequest = (encoded: readonly string[]): RawRequest => {
  const pairs = new Map<string, string>()
  const given: (readonly [string, string])[] = []
  const seen = new Map<string, string>()
  for (const [name, value] of encoded.flatMap(parsePairs)) {
    const shown = name.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100)
    if (CONTROL.test(name) || CONTROL.test(value)) throw bad(`Parameter ${shown} has a control character: remove it.`)
    // Only the part before a map's key is compared without case.
    const folded = name.includes('].') ? name : name.toLowerCase()
    if (seen.has(folded) && seen.get(folded) !== value)
      throw bad(`Parameter ${shown} is given twice with two values: keep one.`)
    if (!seen.has(folded)) given.push([name, value])
    seen.set(folded, value)
    pairs.set(folded, value)
  }
  const values = collectMaps(pairs)
  const command = values.get('command')
  const format = formatOf(values.get('response'))
  return {
    command: typeof command === 'string' ? command.toLowerCase() : '',
    format,
    values: new Map([...values].filter(([name]) => !UNIVERSAL.has(name))),
    given,
  }
}
