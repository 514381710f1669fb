import { formatDate, type WireObject, type WireValue } from './value.ts'

const plain = (value: WireValue): unknown => {
  if (value instanceof Date) return formatDate(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== undefined)
      .map(([key, field]) => [key, plain(field as WireValue)]),
  )
}

/** One line, as generators that read `listApis` expect. */
export const toJson = (root: string, body: WireObject): string => JSON.stringify({ [root]: plain(body) })
