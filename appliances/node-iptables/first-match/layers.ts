import { covers, meets } from './overlap.ts'
import type { Entry, Region } from './region.ts'

/** Most maps that a packet is looked up in, one after the other; rules deeper down follow as a chain. */
export const MOST_LAYERS = 16

export interface Layers {
  /** Rules of one layer never match the same packet; each layer is decided before the next one is asked. */
  readonly layers: readonly (readonly Entry[])[]
  /** Rules under too many others, in their order. */
  readonly rest: readonly Entry[]
}

const isPoint = ({ destination: [only, more], protocol, detail }: Region): boolean =>
  more === undefined && only?.first === only?.last && protocol.first === protocol.last && detail.first === detail.last

/** Entries that another one can meet: one port of one address meets only its like and what is wider. */
interface Index {
  add(entry: Entry): void
  near(entry: Entry): Iterable<Entry>
}

const pointOf = ({ regions: [only, more] }: Entry): string | undefined =>
  only !== undefined && more === undefined && isPoint(only)
    ? `${only.destination[0]?.first} ${only.protocol.first} ${only.detail.first}`
    : undefined

const createIndex = (): Index => {
  const all: Entry[] = []
  const wide: Entry[] = []
  const points = new Map<string, Entry[]>()
  return {
    add: (entry) => {
      all.push(entry)
      const point = pointOf(entry)
      if (point === undefined) wide.push(entry)
      else if (!points.get(point)?.push(entry)) points.set(point, [entry])
    },
    near: (entry) => {
      const point = pointOf(entry)
      return point === undefined ? all : [...(points.get(point) ?? []), ...wide]
    },
  }
}

const sameVerdict = (a: Entry, b: Entry): boolean => JSON.stringify(a.verdict) === JSON.stringify(b.verdict)

/** Rules that decide something: not those behind one that covers them, nor before one that says the same for more. */
const effective = (entries: readonly Entry[]): readonly Entry[] => {
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

/**
 * Puts each rule one layer below the lowest earlier one that can match the same packet. Nothing is split, so a rule more
 * or less is its own elements more or less, and moves only rules that it overlaps.
 */
export const layersOf = (entries: readonly Entry[]): Layers => {
  const index = createIndex()
  const depth = new Map<Entry, number>()
  const layers: Entry[][] = []
  const rest: Entry[] = []
  for (const entry of effective(entries)) {
    let level = 0
    for (const other of index.near(entry)) {
      const below = (depth.get(other) ?? 0) + 1
      if (below > level && meets(other, entry)) level = below
    }
    index.add(entry)
    depth.set(entry, level)
    const layer = layers[level]
    if (level >= MOST_LAYERS) rest.push(entry)
    else if (layer === undefined) layers.push([entry])
    else layer.push(entry)
  }
  return { layers, rest }
}
