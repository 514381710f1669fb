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

/** Says of a part of answers that it is never changed and sent often: its text is made once. Returns it. */
export const lasting = <T extends WireObject | readonly WireValue[]>(part: T): T => {
  lastingTexts.set(part, undefined)
  return part
}

/** Lists whose items are written as they are. */
const readyLists = new WeakSet<object>()

/** Says of a list that JSON.stringify writes it right without a copy: nothing in it is null, a date, or lasting. Returns it. */
export const ready = <T extends readonly ReadyObject[]>(items: T): T => {
  readyLists.add(items)
  return items
}

/**
 * The value as JSON.stringify writes it at once, which is faster than text put together and leaves no pieces behind;
 * undefined when a part's text is known already, or has a name that copies lose.
 */
const plain = (value: NonNullable<WireValue>): unknown => {
  if (typeof value !== 'object') return value
  if (value instanceof Date) return formatDate(value)
  if (lastingTexts.has(value)) return undefined
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

const isObject = (value: WireValue): boolean => typeof value === 'object' && value !== null && !(value instanceof Date)

const atOnce = (value: WireValue): string | undefined => {
  if (value === null || value === undefined) return 'null'
  const whole = plain(value)
  return whole === undefined ? undefined : JSON.stringify(whole)
}

const text = (value: WireValue): string => atOnce(value) ?? inParts(value as WireObject | readonly WireValue[])

const inParts = (value: WireObject | readonly WireValue[]): string => {
  if (!lastingTexts.has(value)) return compound(value)
  const known = lastingTexts.get(value) ?? compound(value)
  lastingTexts.set(value, known)
  return known
}

const compound = (value: WireObject | readonly WireValue[]): string => {
  let all = ''
  if (Array.isArray(value)) {
    // Items are alike: after one that cannot be written at once none is tried.
    let whole = true
    for (const item of value) {
      const piece: string | undefined = whole || !isObject(item) ? atOnce(item) : undefined
      whole &&= piece !== undefined
      all += `${all === '' ? '' : ','}${piece ?? inParts(item as WireObject)}`
    }
    return `[${all}]`
  }
  const fields = value as WireObject
  for (const key of Object.keys(fields)) {
    const field = fields[key]
    if (field === null || field === undefined) continue
    all += all === '' ? nameOf(key) : `,${nameOf(key)}`
    all += text(field)
  }
  return `{${all}}`
}

/** One line, as generators that read `listApis` expect. */
export const toJson = (root: string, body: WireObject): string => text({ [root]: body })
