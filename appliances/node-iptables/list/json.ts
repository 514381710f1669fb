/** Small readers of unknown JSON: undefined where the shape is another. */
export type Json = Readonly<Record<string, unknown>>

export const asObject = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

export const asList = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined)

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export const asNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

export const member = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => asObject(at)?.[key], value)

/** Thrown and caught within `list`: the rule or object is kept as foreign. */
export class Foreign extends Error {}

export const foreign = (): never => {
  throw new Foreign()
}
