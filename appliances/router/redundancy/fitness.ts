import type { RedundantState } from './role.ts'

/** Longer than systemd takes to start a daemon again several times, or a commit to start one anew. */
const DEAD_MS = 6000
/** How long a router lets go: who hears of it takes over at once. */
export const YIELD_MS = 1000
/** From one time that it lets go to the next, at least: twice as long each time, up to the most. */
const FIRST_PAUSE_MS = 60_000
const MOST_PAUSE_MS = 3_600_000
/** A router that is primary again so soon found nobody who wanted to be. */
const RETURNED_MS = 10_000
/** All is forgotten that was longer ago than this, if it served since. */
const FORGIVEN_MS = 600_000

/** What a router remembers of how it served. Times are of one clock, in milliseconds. */
export interface Fitness {
  readonly failingSince?: number | undefined
  readonly servingSince?: number | undefined
  readonly yieldedAt?: number | undefined
  readonly pauseMs: number
  /** Whether it has let go at this moment. */
  readonly yields: boolean
}

export const FIT: Fitness = { pauseMs: 0, yields: false }

export interface Look {
  readonly now: number
  readonly role: RedundantState
  /** Whether a service that guests use does not answer. */
  readonly failed: boolean
}

const noted = (fitness: Fitness, { now, role, failed }: Look): Fitness => {
  const { yieldedAt, pauseMs, yields } = fitness
  if (role !== 'PRIMARY') return { ...fitness, failingSince: undefined, servingSince: undefined }
  // Nobody else is there, or nobody who is better off: half a router is more than none.
  const alone = !yields && yieldedAt !== undefined && now - yieldedAt < RETURNED_MS
  const pause = alone ? MOST_PAUSE_MS : pauseMs
  if (failed) return { ...fitness, pauseMs: pause, failingSince: fitness.failingSince ?? now, servingSince: undefined }
  const servingSince = fitness.servingSince ?? now
  const forgiven = now - servingSince >= FORGIVEN_MS
  return { ...fitness, pauseMs: forgiven ? 0 : pause, failingSince: undefined, servingSince }
}

/** What a router does that has looked at itself: lets go of its role for a moment, or may have it again. Pure. */
export const nextFitness = (before: Fitness, look: Look): readonly [Fitness, 'yield' | 'return' | undefined] => {
  const fitness = noted(before, look)
  const { now } = look
  const { failingSince, yieldedAt, pauseMs, yields } = fitness
  if (yields)
    return now - (yieldedAt ?? 0) >= YIELD_MS ? [{ ...fitness, yields: false }, 'return'] : [fitness, undefined]
  const dead = failingSince !== undefined && now - failingSince >= DEAD_MS
  if (!dead || (yieldedAt !== undefined && now - yieldedAt < pauseMs)) return [fitness, undefined]
  const pause = Math.min(MOST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 2))
  return [{ ...fitness, yields: true, yieldedAt: now, pauseMs: pause, failingSince: undefined }, 'yield']
}
