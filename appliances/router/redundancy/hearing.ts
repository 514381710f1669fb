/** A cut is noticed a moment later than it ends. */
const REMEMBERED_MS = 2500

interface Heard {
  readonly at: number
  /** Packets received on the network on which the two hear each other. */
  readonly fromPeer: number
  /** On all networks of guests and that one. */
  readonly fromAll: number
}

/** What a router heard, look by look, oldest first. */
export type Hearing = readonly Heard[]

/** Of the other router alone, or of guests as well. */
export type Deafness = 'to the peer' | 'to all'

/** Pure. */
export const nextHearing = (before: Hearing, heard: Heard): Hearing => [
  ...before.filter(({ at }) => heard.at - at < REMEMBERED_MS),
  heard,
]

/**
 * Whether there was a time between two looks in which nobody at all was heard. On a network of the two alone that is no
 * sign of a cut for the one that serves: the other one has nothing to say. Pure.
 */
export const deafness = (hearing: Hearing): Deafness | undefined => {
  const wasDeaf = (kind: 'fromPeer' | 'fromAll'): boolean =>
    hearing.some((heard, index) => index > 0 && heard[kind] === hearing[index - 1]?.[kind])
  if (wasDeaf('fromAll')) return 'to all'
  return wasDeaf('fromPeer') ? 'to the peer' : undefined
}
