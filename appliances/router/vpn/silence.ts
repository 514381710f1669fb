import type { Connection } from './spec.ts'

/** When charon says a request again: after `timeout` seconds, and then after `base` times as long as before. */
export const RETRANSMISSION = { timeout: 2, base: 1.5, tries: 6 } as const

const AGAIN = /^(?:retransmit|sending retransmit) (\d+) of request /

/** How often a request that nobody answers was said again, by a line of charon's log. Pure. */
export const timesSaid = (msg: string): number | undefined => {
  const [, times] = AGAIN.exec(msg) ?? []
  return times === undefined ? undefined : Number(times)
}

/** Seconds without a word when a request is said for this time again. */
const secondsAt = (times: number): number => {
  const { timeout, base } = RETRANSMISSION
  return (timeout * (base ** times - 1)) / (base - 1)
}

/** Whether a peer that does not answer is given up now: with IKEv2 charon itself knows no time but that of all. Pure. */
export const isGivenUp = ({ dpd }: Pick<Connection, 'dpd'>, times: number): boolean =>
  dpd !== undefined && secondsAt(times) >= dpd.timeoutSeconds
