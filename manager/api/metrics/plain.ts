import type { Command, Context, Listed } from '../command.ts'
import type { Parameters, Values } from '../parameter.ts'
import type { ReadyObject, WireObject } from '../wire/value.ts'

/** A row of the list that has no measures. */
export type Row = WireObject & { readonly id: string }

/** What the list without measures answers, each row with what `measure` says of it. */
export const measured = async <P extends Parameters>(
  list: Command,
  context: Context,
  params: Values<P>,
  measure: (rows: readonly Row[]) => Promise<(row: Row) => ReadyObject>,
): Promise<Listed<WireObject>> => {
  const answer = (await list.plain(context, params as Values<Parameters>)) as Listed<Row>
  const of = await measure(answer.items)
  // They were made for this answer, and are written the faster if nobody copies them.
  for (const row of answer.items) Object.assign(row, of(row))
  return answer
}

export const idsOf = (rows: readonly Row[]): readonly string[] => rows.map(({ id }) => id)

/** As CloudStack writes sizes here: `1.50 GB`, of 2^30 bytes. */
export const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GB`

/** As CloudStack writes shares: `12.50%`. */
export const share = (part: number, whole: number): string => `${(whole > 0 ? (part / whole) * 100 : 0).toFixed(2)}%`
