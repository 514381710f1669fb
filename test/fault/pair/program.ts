import { dice } from '../../lab/dice.ts'

/** Which of the two it is. */
export type Victim = 'PRIMARY' | 'BACKUP'

export interface Step {
  readonly fault: string
  readonly victim: Victim
  /** How long it goes on before it is mended. */
  readonly heldMs: number
  /** Begins only when the other router could take over without loss. */
  readonly settled: boolean
  /** So long before it strikes a change of the spec begins. */
  readonly commitMs?: number
}

const LEAST_HELD_MS = 200
const MOST_HELD_MS = 4000
const MOST_COMMIT_MS = 800

/** So many faults out of these, the same for one seed. All of them come before any comes again. Pure. */
export const programOf = (faults: readonly string[], count: number, seed: number): readonly Step[] => {
  const roll = dice(seed)
  const once = (probability: number): boolean => roll(1000) < probability * 1000
  let left: string[] = []
  return Array.from({ length: count }, () => {
    if (left.length === 0) left = [...faults]
    const [fault = ''] = left.splice(roll(left.length), 1)
    const step = {
      fault,
      victim: once(0.7) ? ('PRIMARY' as const) : ('BACKUP' as const),
      heldMs: LEAST_HELD_MS + roll(MOST_HELD_MS - LEAST_HELD_MS),
      settled: once(0.75),
    }
    return once(0.4) ? { ...step, commitMs: roll(MOST_COMMIT_MS) } : step
  })
}
