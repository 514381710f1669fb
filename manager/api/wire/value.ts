/** What an answer is made of; null and undefined are left out on the wire. */
export type WireValue =
  | string
  | number
  | boolean
  | Date
  | null
  | undefined
  | readonly WireValue[]
  | { readonly [key: string]: WireValue }

export type WireObject = { readonly [key: string]: WireValue }

/** What is on the wire as it is here, without what is undefined. */
export type ReadyValue =
  | string
  | number
  | boolean
  | undefined
  | readonly ReadyValue[]
  | { readonly [key: string]: ReadyValue }

export type ReadyObject = { readonly [key: string]: ReadyValue }

const DAY_MS = 24 * 60 * 60 * 1000
const MOST_DAYS = 1000
const days = new Map<number, string>()
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** `2026-11-20T`, of the day of this number since 1970. */
const dayText = (day: number): string => {
  const known = days.get(day)
  if (known !== undefined) return known
  const text = new Date(day * DAY_MS).toISOString().slice(0, 11)
  if (days.size < MOST_DAYS) days.set(day, text)
  return text
}

/** CloudStack's dates: seconds and a zone without colon, `2026-11-20T10:00:00+0000`. Pages have thousands of few days. */
export const formatDate = (date: Date): string => {
  const ms = date.getTime()
  const day = Math.floor(ms / DAY_MS)
  const second = Math.floor((ms - day * DAY_MS) / 1000)
  const [hours, minutes] = [twoDigits[Math.floor(second / 3600)], twoDigits[Math.floor(second / 60) % 60]]
  return `${dayText(day)}${hours}:${minutes}:${twoDigits[second % 60]}+0000`
}

export const isWireObject = (value: WireValue): value is WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
