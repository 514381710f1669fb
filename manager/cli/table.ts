import type { Answer } from './client.ts'

type Scalar = string | number | boolean

/** Columns that people look for first, in this order. */
const first = [
  'id',
  'name',
  'displayname',
  'state',
  'ipaddress',
  'publicip',
  'guestipaddress',
  'linklocalip',
  'cidr',
  'gateway',
  'hostname',
]

const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value)

const cell = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  const text = isScalar(value) ? String(value) : JSON.stringify(value)
  return text.replace(/\s*\n\s*/g, ' ')
}

/** Lines of a table with a header; columns are as wide as their widest cell. */
export const columns = (header: readonly string[], rows: readonly (readonly unknown[])[]): string => {
  const texts = [header, ...rows.map((row) => row.map(cell))]
  const widths = header.map((_, index) => Math.max(...texts.map((row) => row[index]?.length ?? 0)))
  return texts
    .map((row) =>
      row
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const rank = (name: string): number => {
  const at = first.indexOf(name)
  return at === -1 ? first.length : at
}

/** A table of objects: the best-known scalar columns first, as many as fit in `width`. */
export const table = (items: readonly Answer[], width: number): string => {
  const names = [...new Set(items.flatMap((item) => Object.keys(item).filter((name) => isScalar(item[name]))))]
  const chosen: string[] = []
  let used = 0
  for (const name of names.toSorted((a, b) => rank(a) - rank(b))) {
    const wide = Math.max(name.length, ...items.map((item) => cell(item[name]).length)) + 2
    if (chosen.length > 0 && used + wide > width + 2) continue
    chosen.push(name)
    used += wide
  }
  return columns(
    chosen,
    items.map((item) => chosen.map((name) => item[name])),
  )
}

/** One object as `name  value` lines; inner objects as JSON. */
export const card = (item: Answer): string => {
  const names = Object.keys(item)
  const width = Math.max(0, ...names.map((name) => name.length))
  return names.map((name) => `${name.padEnd(width)}  ${cell(item[name])}`.trimEnd()).join('\n')
}
