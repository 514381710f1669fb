import { ViciError } from '../errors.ts'
import { checkName, ELEMENT, MAX_DEPTH, MAX_VALUE, type MessageInput, type Scalar } from './message.ts'

interface Element {
  readonly type: number
  readonly name?: string
  readonly value?: string | Uint8Array
}

const bytesOf = (value: string | Uint8Array): number =>
  typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength

const sentAs = (value: Scalar, path: string): string | Uint8Array => {
  const sent = typeof value === 'boolean' ? (value ? 'yes' : 'no') : value instanceof Uint8Array ? value : String(value)
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new ViciError('VICI_VALUE', `${path} is not a whole number`)
  if (bytesOf(sent) > MAX_VALUE) throw new ViciError('VICI_VALUE', `${path} has more than ${MAX_VALUE} bytes`)
  return sent
}

const isScalar = (value: unknown): value is Scalar =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value) || value instanceof Uint8Array

/** Elements in the order of the wire. Errors name where they are, never what was there. */
const elementsOf = (message: MessageInput, path: string, depth: number): readonly Element[] => {
  // A circle would end here too.
  if (depth > MAX_DEPTH) throw new ViciError('VICI_VALUE', `sections lie more than ${MAX_DEPTH} deep`)
  return Object.entries(message).flatMap(([name, value]): readonly Element[] => {
    if (value === undefined) return []
    checkName(name, path === '' ? 'a field' : `a field of ${path}`)
    const here = path === '' ? name : `${path}.${name}`
    if (isScalar(value)) return [{ type: ELEMENT.keyValue, name, value: sentAs(value, here) }]
    if (Array.isArray(value)) {
      const items = value.map((item: unknown): Element => {
        if (!isScalar(item)) throw new ViciError('VICI_VALUE', `${here} has an item that is no value`)
        return { type: ELEMENT.listItem, value: sentAs(item, here) }
      })
      return [{ type: ELEMENT.listStart, name }, ...items, { type: ELEMENT.listEnd }]
    }
    if (typeof value !== 'object' || value === null)
      throw new ViciError('VICI_VALUE', `${here} is neither a value nor a list nor a section`)
    const inner = elementsOf(value as MessageInput, here, depth + 1)
    return [{ type: ELEMENT.sectionStart, name }, ...inner, { type: ELEMENT.sectionEnd }]
  })
}

const sizeOf = ({ name, value }: Element): number =>
  1 + (name === undefined ? 0 : 1 + name.length) + (value === undefined ? 0 : 2 + bytesOf(value))

const write = (target: Buffer, start: number, { type, name, value }: Element): number => {
  let at = target.writeUInt8(type, start)
  if (name !== undefined) {
    at = target.writeUInt8(name.length, at)
    at += target.write(name, at, 'latin1')
  }
  if (value === undefined) return at
  at = target.writeUInt16BE(bytesOf(value), at)
  if (typeof value === 'string') return at + target.write(value, at)
  target.set(value, at)
  return at + value.byteLength
}

/** The bytes of a message. Pure; throws VICI_VALUE. */
export const encodeMessage = (message: MessageInput): Buffer => {
  const elements = elementsOf(message, '', 0)
  // Memory of its own, so that whoever sends a secret can wipe it.
  const target = Buffer.alloc(elements.reduce((sum, element) => sum + sizeOf(element), 0))
  let at = 0
  for (const element of elements) at = write(target, at, element)
  return target
}
