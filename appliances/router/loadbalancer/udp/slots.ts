import { createHash } from 'node:crypto'
import type { Member } from '../spec.ts'

/** Slots of a table that clients are hashed to: enough that members' shares are within a percent or two. */
export const HASH_SLOTS = 256
/** Longest turn of the round; weights are rounded to fit. */
const LONGEST_ROUND = 64

type Weighted = Pick<Member, 'id' | 'weight'>

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))

/** Whole turns of each member in one round. */
const turns = (members: readonly Weighted[]): readonly number[] => {
  const common = members.reduce((sum, { weight }) => divisor(sum, weight), 0)
  const exact = members.map(({ weight }) => weight / common)
  const total = exact.reduce((sum, count) => sum + count, 0)
  const scale = Math.min(1, LONGEST_ROUND / total)
  return exact.map((count) => Math.max(1, Math.round(count * scale)))
}

/** Who takes which turn: each as often as its weight says, spread over the round (smooth weighted round robin). */
export const round = <T extends Weighted>(members: readonly T[]): readonly T[] => {
  const able = members.filter(({ weight }) => weight > 0)
  const counts = turns(able)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const credit = counts.map(() => 0)
  return Array.from({ length: total }, () => {
    for (const [index, count] of counts.entries()) credit[index] = (credit[index] ?? 0) + count
    const best = credit.indexOf(Math.max(...credit))
    credit[best] = (credit[best] ?? 0) - total
    return able[best] as T
  })
}

/** Between 0 and 1, the same for the same member and slot for ever. */
const chance = (id: string, slot: number): number =>
  (createHash('sha256').update(`${slot} ${id}`).digest().readUInt32BE(0) + 1) / 2 ** 32

/**
 * Whose each slot is, by weighted rendezvous hashing: when a member goes, only its slots go to others, and come back
 * with it.
 */
export const hashed = <T extends Weighted>(members: readonly T[]): readonly T[] => {
  const able = members.filter(({ weight }) => weight > 0)
  if (able.length === 0) return []
  return Array.from({ length: HASH_SLOTS }, (_, slot) => {
    const scores = able.map(({ id, weight }) => -weight / Math.log(chance(id, slot)))
    return able[scores.indexOf(Math.max(...scores))] as T
  })
}
