import type { Entry, Region } from './region.ts'

const isPoint = ({ destination: [only, more], protocol, detail }: Region): boolean =>
  more === undefined && only?.first === only?.last && protocol.first === protocol.last && detail.first === detail.last

const pointOf = ({ regions: [only, more] }: Entry): string | undefined =>
  only !== undefined && more === undefined && isPoint(only)
    ? `${only.destination[0]?.first} ${only.protocol.first} ${only.detail.first}`
    : undefined

/** Entries that another one can meet: one port of one address meets only its like and what is wider. */
export interface Index {
  add(entry: Entry): void
  near(entry: Entry): Iterable<Entry>
}

export const createIndex = (): Index => {
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
