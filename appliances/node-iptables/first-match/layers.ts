import { createIndex } from './neighbours.ts'
import { covers, meets } from './overlap.ts'
import type { Entry } from './region.ts'

/** Most maps that a packet is looked up in, one after the other; what finds no place in them follows as plain rules. */
export const MOST_LAYERS = 16

export interface Layers {
  /** Entries of one layer never match the same packet. */
  readonly layers: readonly (readonly Entry[])[]
  /** Entries that found no place, in their order. */
  readonly rest: readonly Entry[]
}

const sameVerdict = (a: Entry, b: Entry): boolean => JSON.stringify(a.verdict) === JSON.stringify(b.verdict)

/** Rules that decide something: not those behind one that covers them, nor before one that says the same for more. */
export const effective = (entries: readonly Entry[]): readonly Entry[] => {
  const index = createIndex()
  const kept = new Map<number, Entry>()
  const isSaidLater = (early: Entry, late: Entry, near: readonly Entry[]): boolean =>
    covers(late, early) &&
    sameVerdict(early, late) &&
    !near.some((between) => between.order > early.order && !sameVerdict(between, early) && meets(between, early))
  for (const entry of entries) {
    const near = [...index.near(entry)].filter((other) => kept.has(other.order) && meets(other, entry))
    if (near.some((other) => covers(other, entry))) continue
    for (const early of near) if (isSaidLater(early, entry, near)) kept.delete(early.order)
    index.add(entry)
    kept.set(entry.order, entry)
  }
  return [...kept.values()]
}

export const isOfOneVerdict = ([first, ...others]: readonly Entry[]): boolean =>
  first === undefined || others.every((other) => sameVerdict(first, other))

/** Puts entries into layers; `place` chooses among them, knowing those of the earlier entries that it meets. */
const inLayers = (entries: readonly Entry[], place: (taken: ReadonlySet<number>) => number): Layers => {
  const index = createIndex()
  const places = new Map<Entry, number>()
  const layers: Entry[][] = []
  const rest: Entry[] = []
  for (const entry of entries) {
    const taken = new Set<number>()
    for (const other of index.near(entry)) {
      const at = places.get(other) ?? 0
      if (!taken.has(at) && meets(other, entry)) taken.add(at)
    }
    const at = place(taken)
    index.add(entry)
    places.set(entry, at)
    const layer = layers[at]
    if (at >= MOST_LAYERS) rest.push(entry)
    else if (layer === undefined) layers.push([entry])
    else layer.push(entry)
  }
  return { layers, rest }
}

/** Each one layer below the lowest earlier one that it meets: layer after layer, the first match is the list's. */
export const orderedLayers = (entries: readonly Entry[]): Layers =>
  inLayers(entries, (taken) => Math.max(-1, ...taken) + 1)

/** As few layers as come of taking the first free one each time; which of two layers is asked first says nothing. */
export const freeLayers = (entries: readonly Entry[]): Layers =>
  inLayers(entries, (taken) => {
    let at = 0
    while (taken.has(at)) at += 1
    return at
  })
