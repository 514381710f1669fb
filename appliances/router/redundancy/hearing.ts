/** A cut is noticed a moment later than it ends. */
const REMEMBERED_MS = 2500

interface Heard {
  readonly at: number
  /** Packets that the device has received. */
  readonly packets: number
}

/** What a router heard on the network of its pair, look by look, oldest first. */
export type Hearing = readonly Heard[]

/** Pure. */
export const nextHearing = (before: Hearing, heard: Heard): Hearing => [
  ...before.filter(({ at }) => heard.at - at < REMEMBERED_MS),
  heard,
]

/** Whether there was a time between two looks in which nobody at all was heard. Pure. */
export const wasDeaf = (hearing: Hearing): boolean =>
  hearing.some(({ packets }, index) => index > 0 && packets === hearing[index - 1]?.packets)
