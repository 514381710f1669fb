import type { Deafness } from './hearing.ts'
import type { RedundantState } from './role.ts'

/** Two words of one meeting may be noted so far from each other. */
const ONE_MEETING_MS = 800
/** Meetings within this time are counted together. */
const WINDOW_MS = 60_000
/** One that goes on from so many loses its precedence: twice as long each time, up to the most. */
const DEMOTED_AT = 2
const FIRST_DEMOTION_MS = 60_000
const MOST_DEMOTION_MS = 3_600_000
/** One that took over in vain so often takes no role for a while: twice as long each time, up to the most. */
const HELD_AT = 3
const FIRST_HOLD_MS = 2000
const MOST_HOLD_MS = 16_000
/** All is forgotten after so long without a meeting that counts. */
const FORGIVEN_MS = 600_000

/** How a router that was cut off met the other one. Times are of one clock, in milliseconds. */
export interface Meetings {
  readonly last: number
  /** The last few that count, oldest first. */
  readonly counted: readonly number[]
  readonly demotionMs: number
  readonly demotedUntil: number
  readonly holdMs: number
  readonly heldUntil: number
}

export const NONE_MET: Meetings = {
  last: -Infinity,
  counted: [],
  demotionMs: 0,
  demotedUntil: 0,
  holdMs: 0,
  heldUntil: 0,
}

export interface Meeting {
  readonly now: number
  /** That it has after it: the primary goes on, another one has let go. */
  readonly role: RedundantState
  /** To all: it was the one that was cut off, and not the other one. To the peer: nobody knows which of them was. */
  readonly deaf: Deafness | undefined
}

/** Whether it is another meeting than the last. */
export const isMeeting = ({ last }: Meetings, now: number): boolean => now - last >= ONE_MEETING_MS

/** What a router does that met the other one while both served: it loses its precedence, or takes no role, for a while. Pure. */
export const nextMeetings = (before: Meetings, { now, role, deaf }: Meeting): Meetings => {
  // It serves, and guests hear it: that the other one does not is no reason to give that up.
  if (deaf === undefined || (deaf === 'to the peer' && role === 'PRIMARY')) return { ...before, last: now }
  const forgiven = now - (before.counted.at(-1) ?? now) >= FORGIVEN_MS
  const known = { ...(forgiven ? NONE_MET : before), last: now }
  const counted = [...known.counted.filter((at) => now - at < WINDOW_MS), now].slice(-HELD_AT)
  if (role === 'PRIMARY') {
    if (counted.length < DEMOTED_AT) return { ...known, counted }
    const demotionMs = Math.min(MOST_DEMOTION_MS, Math.max(FIRST_DEMOTION_MS, known.demotionMs * 2))
    return { ...known, counted, demotionMs, demotedUntil: now + demotionMs }
  }
  if (counted.length < HELD_AT) return { ...known, counted }
  const holdMs = Math.min(MOST_HOLD_MS, Math.max(FIRST_HOLD_MS, known.holdMs * 2))
  return { ...known, counted, holdMs, heldUntil: now + holdMs }
}
