import { ViciError } from '../errors.ts'
import type { Message } from '../protocol/message.ts'

/** What stands at one place of a message. */
export type Part = string | Uint8Array | readonly (string | Uint8Array)[] | Message<string | Uint8Array> | undefined

/** Reads one place of an answer; throws VICI_MESSAGE. */
export type Reader<T> = (part: Part, path: string) => T

const unlike = (path: string, what: string): ViciError =>
  new ViciError('VICI_MESSAGE', `charon's answer has no ${what} at ${path}`)

const isSection = (part: Part): part is Message<string | Uint8Array> =>
  typeof part === 'object' && !Array.isArray(part) && !(part instanceof Uint8Array)

export const text: Reader<string> = (part, path) => {
  if (typeof part === 'string') return part
  throw unlike(path, 'text')
}

/** One of these words, or another that charon may have learnt since. */
export const word =
  <Known extends string>(): Reader<Known | (string & {})> =>
  (part, path) =>
    text(part, path)

export const integer: Reader<number> = (part, path) => {
  const value = typeof part === 'string' && /^-?\d+$/.test(part) ? Number(part) : Number.NaN
  if (Number.isNaN(value)) throw unlike(path, 'number')
  return value
}

/** charon says `yes`, and `1` of extended sequence numbers. */
export const flag: Reader<boolean> = (part, path) => ['yes', '1'].includes(text(part, path))

export const bytes: Reader<Uint8Array> = (part, path) => {
  if (part instanceof Uint8Array) return part
  throw unlike(path, 'bytes')
}

export const list: Reader<readonly string[]> = (part, path) => {
  if (!Array.isArray(part)) throw unlike(path, 'list')
  return part.map((item: Part) => text(item, path))
}

export const section: Reader<Message<string | Uint8Array>> = (part, path) => {
  if (isSection(part)) return part
  throw unlike(path, 'section')
}

/** A section whose names are free, each with the same inside. */
export const mapOf =
  <T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> =>
  (part, path) =>
    Object.fromEntries(
      Object.entries(section(part, path)).map(([name, inner]) => [name, read(inner, `${path}.${name}`)]),
    )

type Readers = Readonly<Record<string, Reader<unknown>>>
export type Read<R> = R extends Reader<infer T> ? T : never
type Fields<R extends Readers, O extends Readers> = { readonly [K in keyof R]: Read<R[K]> } & {
  readonly [K in keyof O]?: Read<O[K]>
}

/** A section with these fields; what a newer charon says besides stays in it as it came. */
export const record =
  <R extends Readers, O extends Readers>(required: R, optional: O): Reader<Fields<R, O>> =>
  (part, path) => {
    const from = section(part, path)
    const known = { ...required, ...optional }
    const read = Object.entries(known).flatMap(([name, reader]) =>
      name in from || name in required ? [[name, reader(from[name], `${path}.${name}`)] as const] : [],
    )
    return { ...from, ...Object.fromEntries(read) } as Fields<R, O>
  }

/** What a message says of one thing: a section with its name, and what stands beside it. */
export const named = <T>(
  message: Message<string | Uint8Array>,
  read: Reader<T>,
  path: string,
): { readonly name: string } & T => {
  const found = Object.entries(message).find(([, part]) => isSection(part))
  if (found === undefined) throw unlike(path, 'section')
  const [name, part] = found
  return { name, ...read(part, name) }
}
