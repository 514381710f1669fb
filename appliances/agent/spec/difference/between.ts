import type { Edit } from './edit.ts'
import { endsAlike, isList, isObject, type Json, type JsonList, type JsonObject, keysOf } from './json.ts'

type Path = readonly (string | number)[]

/** An object with lists or objects in it is changed inside; any other item of a list is exchanged as a whole. */
const isNest = (value: Json | undefined): value is JsonObject =>
  isObject(value) && Object.values(value).some((member) => typeof member === 'object' && member !== null)

interface Splice {
  readonly at: number
  readonly drop: number
  readonly add: readonly Json[]
}

/** Splices from the first to the last, their places those in `before`. What moved backwards goes and comes. */
const splicesOf = (before: JsonList, after: JsonList): readonly Splice[] => {
  const places = new Map<string, number>()
  for (const [index, item] of before.entries()) {
    const text = JSON.stringify(item)
    if (!places.has(text)) places.set(text, index)
  }
  const splices: Splice[] = []
  let next = 0
  let come: Json[] = []
  const close = (place: number): void => {
    if (place > next || come.length > 0) splices.push({ at: next, drop: place - next, add: come })
    come = []
  }
  for (const item of after) {
    const place = places.get(JSON.stringify(item))
    if (place === undefined || place < next) {
      come.push(item)
      continue
    }
    close(place)
    next = place + 1
  }
  close(before.length)
  return splices
}

const listEdits = (before: JsonList, after: JsonList, path: Path): readonly Edit[] => {
  const { head, tail } = endsAlike(before, after)
  const old = before.slice(head, before.length - tail)
  const next = after.slice(head, after.length - tail)
  if (old.length === next.length && old.every((item, index) => isNest(item) && isNest(next[index])))
    return old.flatMap((item, index) =>
      objectEdits(item as JsonObject, next[index] as JsonObject, [...path, head + index]),
    )
  // The last one first, so that the places of the others stay what they are.
  return splicesOf(old, next)
    .map(({ at, drop, add }) => ({ path: [...path], at: head + at, drop, add }))
    .reverse()
}

const objectEdits = (before: JsonObject, after: JsonObject, path: Path): readonly Edit[] => {
  const gone = keysOf(before).filter((key) => !Object.hasOwn(after, key) || after[key] === undefined)
  return [
    ...gone.map((key): Edit => ({ path: [...path, key], unset: true })),
    ...keysOf(after).flatMap((key): readonly Edit[] => {
      const own = [...path, key]
      const old = Object.hasOwn(before, key) ? before[key] : undefined
      const next = after[key] ?? null
      if (old === next) return []
      if (isObject(old) && isObject(next)) return objectEdits(old, next, own)
      if (isList(old) && isList(next)) return listEdits(old, next, own)
      return [{ path: own, set: next }]
    }),
  ]
}

/** Few edits that lead from one document to another; applied to the one they give the other. Pure. */
export const editsBetween = (before: object, after: object): readonly Edit[] =>
  objectEdits(before as JsonObject, after as JsonObject, [])
