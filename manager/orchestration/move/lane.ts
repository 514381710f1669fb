/** Room for so many at once, for what takes hours and must leave room for what takes seconds. */
export interface Lane {
  /** False when there is none; who asked is remembered. */
  take(id: string): boolean
  /** Returns who asked first and may ask again. */
  give(id: string): string | undefined
}

export const createLane = (size: number): Lane => {
  const inside = new Set<string>()
  const waiting = new Set<string>()
  return {
    take: (id) => {
      if (inside.size >= size) {
        waiting.add(id)
        return false
      }
      waiting.delete(id)
      inside.add(id)
      return true
    },
    give: (id) => {
      inside.delete(id)
      const [next] = waiting
      if (next !== undefined) waiting.delete(next)
      return next
    },
  }
}
