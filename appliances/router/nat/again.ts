import { sharedEnds } from '@sysvm/agent/spec/difference'

interface Mapped<R> {
  readonly results: readonly R[]
  /** Where the results of each item begin; a number: each has so many. */
  readonly starts: Uint32Array | 0 | 1
}

const startOf = ({ starts, results }: Mapped<unknown>, index: number): number =>
  typeof starts === 'number' ? starts * index : (starts[index] ?? results.length)

const startsOf = <R>(
  before: Mapped<R>,
  counts: readonly number[],
  [size, head, tail]: readonly [size: number, head: number, tail: number],
): Mapped<R>['starts'] => {
  const { starts } = before
  if (typeof starts === 'number' && counts.every((count) => count === starts)) return starts
  const next = new Uint32Array(head + counts.length + tail)
  for (let index = 0; index < head; index++) next[index] = startOf(before, index)
  let at = startOf(before, head)
  for (const [index, count] of counts.entries()) {
    next[head + index] = at
    at += count
  }
  const shift = at - startOf(before, size - tail)
  for (let index = 0; index < tail; index++)
    next[head + counts.length + index] = startOf(before, size - tail + index) + shift
  return next
}

/**
 * `flatMap` for lists that come again with a few items changed: what the list before shares at its ends is not mapped
 * again, and its results are the same objects. `map` must be pure.
 */
export const createFlatMapAgain = <T extends object, R>(
  map: (item: T) => readonly R[],
  usual: 0 | 1,
): ((items: readonly T[]) => readonly R[]) => {
  const known = new WeakMap<readonly T[], Mapped<R>>()
  let last = new WeakRef<readonly T[]>([])
  return (items) => {
    const found = known.get(items)
    if (found !== undefined) return found.results
    const before = last.deref() ?? []
    const base = known.get(before) ?? { results: [], starts: usual }
    const { head, tail } = known.has(before) ? sharedEnds(before, items) : { head: 0, tail: 0 }
    const fresh = items.slice(head, items.length - tail).map(map)
    const starts = startsOf(
      base,
      fresh.map(({ length }) => length),
      [known.has(before) ? before.length : 0, head, tail],
    )
    const results = base.results
      .slice(0, startOf(base, head))
      .concat(fresh.flat() as R[], base.results.slice(startOf(base, before.length - tail)))
    known.set(items, { results, starts })
    last = new WeakRef(items)
    return results
  }
}
