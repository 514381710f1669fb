import { elementsOf, elementText, readElements } from '../compile/element.ts'
import type { NamedMap, NamedSet } from '../model.ts'

type NamedObject = NamedSet | NamedMap
type Elements = NamedObject['elements']
type Index = Map<string, string>

export interface ElementChange {
  readonly name: string
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** Spelt alike: tuples and verdicts by what is in them. Otherwise the canonical texts tell. */
const alike = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (!Array.isArray(a) || !Array.isArray(b)) return JSON.stringify(a) === JSON.stringify(b)
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (!alike(a[index], b[index])) return false
  return true
}

/** The parts of two lists between what they begin and end with alike. */
const between = (old: Elements, next: Elements): readonly [old: Elements, next: Elements] => {
  const shortest = Math.min(old.length, next.length)
  let head = 0
  while (head < shortest && alike(old[head], next[head])) head++
  let tail = 0
  while (tail < shortest - head && alike(old[old.length - 1 - tail], next[next.length - 1 - tail])) tail++
  return [old.slice(head, old.length - tail), next.slice(head, next.length - tail)] as readonly [Elements, Elements]
}

/**
 * Canonical elements of what was diffed last, in any order. A diff hands the index on to the later object instead of
 * reading a hundred thousand elements again; who needs that of the earlier one once more reads it anew.
 */
const indexes = new WeakMap<NamedObject, Index>()

const changeOf = (
  name: string,
  old: ReadonlyMap<string, string>,
  next: ReadonlyMap<string, string>,
): ElementChange => ({
  name,
  // A changed value is a deletion and an addition: nft has no other update, and both are in one transaction.
  removed: [...old].filter(([key, value]) => next.get(key) !== value).map(([key]) => key),
  added: [...next].filter(([key, value]) => old.get(key) !== value).map(([key, value]) => elementText(key, value)),
})

/** Undefined where an element is given twice, so that what one part lacks may be in another. */
const quickChange = (before: NamedObject, after: NamedObject): ElementChange | undefined => {
  const index = indexes.get(before) ?? new Map(elementsOf(before))
  indexes.set(before, index)
  if (index.size !== before.elements.length) return undefined
  const [gone, come] = between(before.elements, after.elements)
  const old = readElements(before, gone)
  const next = readElements(after, come)
  if (next.size !== come.length || [...next.keys()].some((key) => index.has(key) && !old.has(key))) return undefined
  for (const key of old.keys()) index.delete(key)
  for (const [key, value] of next) index.set(key, value)
  indexes.delete(before)
  indexes.set(after, index)
  return changeOf(after.name, old, next)
}

/** How the elements of a set or map of one shape change; its cost is that of what changed. */
export const elementChange = (before: NamedObject, after: NamedObject): ElementChange =>
  quickChange(before, after) ?? changeOf(after.name, elementsOf(before), elementsOf(after))
