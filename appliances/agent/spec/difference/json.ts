/** What JSON.parse gives. A member that is undefined is none, as JSON.stringify has it. */
export type Json = null | boolean | number | string | JsonList | JsonObject
export type JsonList = readonly Json[]
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export const isList = (value: Json | undefined): value is JsonList => Array.isArray(value)

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Own members that are there, in their order. */
export const keysOf = (value: JsonObject): string[] => {
  const keys = Object.keys(value)
  return keys.every((key) => value[key] !== undefined) ? keys : keys.filter((key) => value[key] !== undefined)
}

/** Whether two values are the same JSON; the order of members does not count. */
export const alike = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => alike(item, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = keysOf(a)
  return keys.length === keysOf(b).length && keys.every((key) => Object.hasOwn(b, key) && alike(a[key], b[key]))
}

export interface Ends {
  /** How many items two lists begin with alike, and after those end with alike. */
  readonly head: number
  readonly tail: number
}

/** By what the items say. */
export const endsAlike = (before: JsonList, after: JsonList): Ends => {
  const shortest = Math.min(before.length, after.length)
  let head = 0
  while (head < shortest && alike(before[head], after[head])) head++
  let tail = 0
  while (tail < shortest - head && alike(before[before.length - 1 - tail], after[after.length - 1 - tail])) tail++
  return { head, tail }
}

/** Lists so long are compared once for all who ask: lists are values. */
const LONG = 256

const known = new WeakMap<readonly unknown[], { readonly before: WeakRef<readonly unknown[]>; readonly ends: Ends }>()

/** Where two lists have the same objects: what is left between may be looked at alone. */
export const sharedEnds = (before: readonly unknown[], after: readonly unknown[]): Ends => {
  const found = known.get(after)
  if (found !== undefined && found.before.deref() === before) return found.ends
  const shortest = Math.min(before.length, after.length)
  let head = 0
  while (head < shortest && before[head] === after[head]) head++
  let tail = 0
  while (tail < shortest - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  const ends = { head, tail }
  if (shortest > LONG) known.set(after, { before: new WeakRef(before), ends })
  return ends
}
