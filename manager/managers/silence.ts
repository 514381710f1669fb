/** What is seen of another manager: how often it has renewed its lease. */
export type Renewals = Readonly<Record<string, number>>

export interface Silence {
  /** Notes what is seen at `now`, in milliseconds of a clock that never steps. */
  observe(now: number, renewals: Renewals): void
  /** Those who have not renewed for a whole term, as far as this manager was there to see it. */
  readonly late: readonly string[]
}

interface Watched {
  readonly renewals: number
  readonly silentMs: number
}

/**
 * Judges by progress and not by the time of day, which may step, in the database and anywhere else. Between two looks no
 * more than `stepMs` counts as silence: a manager that was itself away saw nothing in that time.
 */
export const watchSilence = (termMs: number, stepMs: number): Silence => {
  let watched = new Map<string, Watched>()
  let last: number | undefined
  const watch = (id: string, renewals: number, passedMs: number): Watched => {
    const before = watched.get(id)
    const silentMs = before?.renewals === renewals ? before.silentMs + passedMs : 0
    return { renewals, silentMs }
  }
  return {
    observe: (now, renewals) => {
      const passedMs = last === undefined ? 0 : Math.min(now - last, stepMs)
      last = now
      watched = new Map(Object.entries(renewals).map(([id, count]) => [id, watch(id, count, passedMs)]))
    },
    get late() {
      return [...watched].filter(([, { silentMs }]) => silentMs >= termMs).map(([id]) => id)
    },
  }
}
