import { randomUUID } from 'node:crypto'
import { formatDate, type ReadyObject, type WireObject, type WireValue } from './value.ts'

/** Names in answers are few, but for the keys of details. */
const MOST_NAMES = 10_000
const names = new Map<string, string>()

const nameOf = (key: string): string => {
  const known = names.get(key)
  if (known !== undefined) return known
  const quoted = `${JSON.stringify(key)}:`
  if (names.size < MOST_NAMES) names.set(key, quoted)
  return quoted
}

/** Parts of answers that are the same object every time, and their text once it is known. */
const lastingTexts = new WeakMap<object, string | undefined>()

/** Stands for such a part until all else is written; nobody outside learns it, so that no text of theirs is taken for it. */
const MARK = `lasting ${randomUUID()} `
const MARKS = new RegExp(`"${MARK}(\\d+)"`, 'g')

/** Those that were met in what is being written. */
let met: (WireObject | readonly WireValue[])[] = []

/** Says of a part of answers that it is never changed and sent often: its text is made once. Returns it. */
export const lasting = <T extends WireObject | readonly WireValue[]>(part: T): T => {
  lastingTexts.set(part, undefined)
  const toJSON = (): string => `${MARK}${met.push(part) - 1}`
  return Object.defineProperty(part, 'toJSON', { value: toJSON, enumerable: false, configurable: true })
}

/** Lists whose items are written as they are. */
const readyLists = new WeakSet<object>()

/** Says of a list that JSON.stringify writes it right without a copy: nothing in it is null or a date. Returns it. */
export const ready = <T extends readonly ReadyObject[]>(items: T): T => {
  readyLists.add(items)
  return items
}

/**
 * The value as JSON.stringify writes it at once, which is faster than text put together and leaves no pieces behind;
 * undefined when it has a name that copies lose.
 */
const plain = (value: NonNullable<WireValue>): unknown => {
  if (typeof value !== 'object') return value
  if (value instanceof Date) return formatDate(value)
  if (lastingTexts.has(value)) return value
  if (Array.isArray(value)) {
    if (readyLists.has(value)) return value
    const items: unknown[] = []
    for (const item of value) {
      const copy = item === null || item === undefined ? null : plain(item)
      if (copy === undefined) return undefined
      items.push(copy)
    }
    return items
  }
  // A copy of the whole has the shape that all of a page have: field by field each would come to it anew.
  const copies: Record<string, unknown> = { ...value }
  for (const key of Object.keys(copies)) {
    const field = copies[key] as WireValue
    if (key === '__proto__') return undefined
    if (field === null) copies[key] = undefined
    else if (typeof field === 'object') {
      const copy = plain(field)
      if (copy === undefined) return undefined
      copies[key] = copy
    }
  }
  return copies
}

const atOnce = (value: WireValue): string | undefined => {
  if (value === null || value === undefined) return 'null'
  const whole = plain(value)
  return whole === undefined ? undefined : JSON.stringify(whole)
}

const text = (value: WireValue): string => atOnce(value) ?? compound(value as WireObject | readonly WireValue[])

const compound = (value: WireObject | readonly WireValue[]): string => {
  if (Array.isArray(value)) return `[${value.map(text).join(',')}]`
  const fields = value as WireObject
  let all = ''
  for (const key of Object.keys(fields)) {
    const field = fields[key]
    if (field === null || field === undefined) continue
    all += all === '' ? nameOf(key) : `,${nameOf(key)}`
    all += text(field)
  }
  return `{${all}}`
}

/** The text with that of the lasting parts in their places. */
const whole = (value: WireObject | readonly WireValue[]): string => {
  met = []
  const written = text(value)
  if (met.length === 0) return written
  const parts = met
  return written.replace(MARKS, (_, place) => lastingText(parts[Number(place)] ?? []))
}

const lastingText = (part: WireObject | readonly WireValue[]): string => {
  const known = lastingTexts.get(part)
  if (known !== undefined) return known
  // A copy is an object like any other.
  const made = whole(Array.isArray(part) ? [...part] : { ...part })
  lastingTexts.set(part, made)
  return made
}

/** One line, as generators that read `listApis` expect. */
export const toJson = (root: string, body: WireObject): string => whole({ [root]: body })
