import { ViciError } from '../errors.ts'
import { checkName } from './message.ts'

/** One packet. `message` is the bytes of a message, for `encodeMessage` and `decodeMessage`. */
export type Packet =
  | { readonly type: 'cmd-request'; readonly name: string; readonly message: Uint8Array }
  | { readonly type: 'cmd-response'; readonly message: Uint8Array }
  | { readonly type: 'cmd-unknown' }
  | { readonly type: 'event-register'; readonly name: string }
  | { readonly type: 'event-unregister'; readonly name: string }
  | { readonly type: 'event-confirm' }
  | { readonly type: 'event-unknown' }
  | { readonly type: 'event'; readonly name: string; readonly message: Uint8Array }

/** In the order of their numbers on the wire. */
const types = [
  'cmd-request',
  'cmd-response',
  'cmd-unknown',
  'event-register',
  'event-unregister',
  'event-confirm',
  'event-unknown',
  'event',
] as const satisfies readonly Packet['type'][]

/** The bytes of a packet, without the length before it. Pure; throws VICI_VALUE. */
export const encodePacket = (packet: Packet): Buffer => {
  const name = 'name' in packet ? checkName(packet.name, packet.type) : undefined
  const message = 'message' in packet ? packet.message : new Uint8Array()
  const start = 1 + (name === undefined ? 0 : 1 + name.length)
  const target = Buffer.alloc(start + message.length)
  target.writeUInt8(types.indexOf(packet.type))
  if (name !== undefined) target.write(name, target.writeUInt8(name.length, 1), 'latin1')
  target.set(message, start)
  return target
}

const malformed = (what: string): ViciError => new ViciError('VICI_PROTOCOL', `a packet ${what}`)

/** Reads the bytes of a packet; throws VICI_PROTOCOL. */
export const decodePacket = (bytes: Uint8Array): Packet => {
  const [code, length = 0] = bytes
  if (code === undefined) throw malformed('is empty')
  const type = types[code]
  if (type === undefined) throw malformed(`has the unknown type ${code}`)
  const named = (): { readonly name: string; readonly rest: Uint8Array } => {
    if (bytes.length < 2 + length) throw malformed('ends within its name')
    return { name: Buffer.from(bytes.subarray(2, 2 + length)).toString('latin1'), rest: bytes.subarray(2 + length) }
  }
  const nothing = (rest: Uint8Array): void => {
    if (rest.length > 0) throw malformed(`of type ${type} has bytes after its end`)
  }
  switch (type) {
    case 'cmd-request':
    case 'event': {
      const { name, rest } = named()
      return { type, name, message: rest }
    }
    case 'event-register':
    case 'event-unregister': {
      const { name, rest } = named()
      nothing(rest)
      return { type, name }
    }
    case 'cmd-response':
      return { type, message: bytes.subarray(1) }
    default:
      nothing(bytes.subarray(1))
      return { type }
  }
}
