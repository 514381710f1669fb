import { ViciError } from '../errors.ts'
import { ELEMENT, isPrintable, MAX_DEPTH, type Message } from './message.ts'

const malformed = (what: string, at: number): ViciError =>
  new ViciError('VICI_MESSAGE', `a message is malformed at byte ${at}: ${what}`)

type Open<T> = { [name: string]: T | T[] | Open<T> }

/** Without a prototype: `__proto__` from a daemon is a name like any other. */
const section = <T>(): Open<T> => Object.create(null) as Open<T>

/** How a value is read; `name` is that of its key or list. */
export type ReadValue<T> = (value: Buffer, name: string) => T

/** As text; what is no UTF-8 becomes U+FFFD, as peers' identities in logs may be anything. */
const readText: ReadValue<string> = (value) => value.toString('utf8')

/**
 * Reads a message. Any bytes give a message or VICI_MESSAGE: elements are whole and balanced, names printable and
 * unique in their section. Time and memory grow with the number of bytes only.
 */
export function decodeMessage(bytes: Uint8Array): Message
export function decodeMessage<T>(bytes: Uint8Array, read: ReadValue<T>): Message<T>
export function decodeMessage<T>(bytes: Uint8Array, read?: ReadValue<T>): Message<T | string> {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const value: ReadValue<T | string> = read ?? readText
  const root = section<T | string>()
  const outer: Open<T | string>[] = []
  let current = root
  let list: { readonly name: string; readonly items: (T | string)[] } | undefined
  let at = 0

  const take = (count: number): Buffer => {
    if (source.length - at < count) throw malformed('it ends within an element', at)
    at += count
    return source.subarray(at - count, at)
  }
  const takeName = (): string => {
    const name = take(take(1).readUInt8()).toString('latin1')
    if (!isPrintable(name)) throw malformed('a name is not printable ASCII', at)
    if (name in current) throw malformed('a name is there twice in its section', at)
    return name
  }
  const takeValue = (name: string) => value(take(take(2).readUInt16BE()), name)

  while (at < source.length) {
    const type = take(1).readUInt8()
    if (list !== undefined) {
      if (type === ELEMENT.listItem) list.items.push(takeValue(list.name))
      else if (type === ELEMENT.listEnd) list = undefined
      else throw malformed(`an element of type ${type} stands in a list`, at)
      continue
    }
    switch (type) {
      case ELEMENT.keyValue: {
        const name = takeName()
        current[name] = takeValue(name)
        break
      }
      case ELEMENT.listStart: {
        const name = takeName()
        list = { name, items: [] }
        current[name] = list.items
        break
      }
      case ELEMENT.sectionStart: {
        if (outer.length === MAX_DEPTH) throw malformed(`sections lie more than ${MAX_DEPTH} deep`, at)
        const inner = section<T | string>()
        current[takeName()] = inner
        outer.push(current)
        current = inner
        break
      }
      case ELEMENT.sectionEnd: {
        const parent = outer.pop()
        if (parent === undefined) throw malformed('a section ends that never began', at)
        current = parent
        break
      }
      default:
        throw malformed(`an element of type ${type} stands outside of a list`, at)
    }
  }
  if (list !== undefined || outer.length > 0) throw malformed('it ends within a list or section', at)
  return root
}
