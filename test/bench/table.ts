import type { Row } from './bench.ts'

const width = (cells: readonly string[]): number => Math.max(...cells.map((cell) => cell.length))

/** Rows as aligned columns; the columns are the keys of all rows in order of appearance. */
export const table = (rows: readonly Row[]): string => {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))]
  const widths = columns.map((_, index) => width(cells.map((line) => line[index] ?? '')))
  return cells
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
