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

/** CloudStack's dates: seconds and a zone without colon, `2026-11-20T10:00:00+0000`. */
export const formatDate = (date: Date): string => `${date.toISOString().slice(0, 19)}+0000`

export const isWireObject = (value: WireValue): value is WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
