import { formatDate, type WireObject, type WireValue } from './value.ts'

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

// One string that grows: a page of 500 has a hundred thousand values, and a copy of each costs more than the text.
const text = (value: WireValue): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return `"${formatDate(value)}"`
  if (!lastingTexts.has(value)) return compound(value)
  const known = lastingTexts.get(value) ?? compound(value)
  lastingTexts.set(value, known)
  return known
}

const compound = (value: WireObject | readonly WireValue[]): string => {
  let all = ''
  if (Array.isArray(value)) {
    for (const item of value) all += all === '' ? text(item) : `,${text(item)}`
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
