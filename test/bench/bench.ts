/** A row of the table for people. */
export type Row = Readonly<Record<string, string | number>>

export interface Figures {
  readonly unit: string
  /** The headline: the worst case measured. */
  readonly ours: number
  /** The alternative, measured in the same run. */
  readonly other: number
  readonly ratio: number
  /** Every other figure. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** One claim about speed or size; `run` measures both sides and prints a row for each thing it measured. */
export interface Bench {
  readonly name: string
  readonly title: string
  run(print: (row: Row) => void): Promise<Figures>
}

/** Value below which `share` (0 to 1) of the samples lie, by the nearest-rank method. */
export const percentile = (samples: readonly number[], share: number): number => {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits))
