import type { MachineLease } from '../driver.ts'

interface Host {
  /** Seconds since it was booted. */
  readonly now: number
  readonly ofThisBoot: boolean
  has(name: string): boolean
}

/** Those of the leases asked for that count from now on. Pure. */
export const newLeases = (
  asked: readonly MachineLease[],
  known: Readonly<Record<string, MachineLease>>,
  { now, ofThisBoot, has }: Host,
): readonly MachineLease[] =>
  asked.filter(
    ({ name, seq, until }) =>
      (known[name]?.seq ?? 0) <= seq && (until === 0 || (ofThisBoot && until > now && has(name))),
  )

/** Machines whose time is over. Pure. */
export const overdueOf = (known: Readonly<Record<string, MachineLease>>, now: number): readonly string[] =>
  Object.values(known)
    .filter(({ until }) => until > 0 && until <= now)
    .map(({ name }) => name)

/** The highest number that is known of the machines asked for. Pure. */
export const highestOf = (asked: readonly MachineLease[], known: Readonly<Record<string, MachineLease>>): number =>
  Math.max(0, ...asked.map(({ name }) => known[name]?.seq ?? 0))
