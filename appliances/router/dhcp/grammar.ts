import { isIPv4 } from 'node:net'

/** How values of an option are written on the wire (RFC 2132), from what people write. Undefined: it does not fit. */
export type Kind = (text: string) => Buffer | undefined

const LONGEST = 255

const split = (text: string): readonly string[] => text.split(',').map((part) => part.trim())

const all = (kind: Kind, text: string): Buffer | undefined => {
  const parts = split(text).map(kind)
  const good = parts.filter((part) => part !== undefined)
  return good.length === parts.length && good.length > 0 ? Buffer.concat(good) : undefined
}

const number =
  (bytes: 1 | 2 | 4, signed = false): Kind =>
  (text) => {
    if (!/^-?(0|[1-9]\d{0,9})$/.test(text)) return undefined
    const value = Number(text)
    const span = 2 ** (bytes * 8)
    const [low, high] = signed ? [-span / 2, span / 2 - 1] : [0, span - 1]
    if (value < low || value > high) return undefined
    const buffer = Buffer.alloc(bytes)
    if (signed) buffer.writeIntBE(value, 0, bytes)
    else buffer.writeUIntBE(value, 0, bytes)
    return buffer
  }

export const address: Kind = (text) => (isIPv4(text) ? Buffer.from(text.split('.').map(Number)) : undefined)
export const addresses: Kind = (text) => all(address, text)
export const uint8 = number(1)
export const uint16 = number(2)
export const uint16s: Kind = (text) => all(uint16, text)
export const uint32 = number(4)
export const int32 = number(4, true)

/** Pairs of addresses: destination and router, or address and mask. */
export const pairs: Kind = (text) => {
  const buffer = addresses(text)
  return buffer !== undefined && buffer.length % 8 === 0 ? buffer : undefined
}

export const flag: Kind = (text) =>
  ({ true: Buffer.from([1]), false: Buffer.from([0]), 1: Buffer.from([1]), 0: Buffer.from([0]) })[text.toLowerCase()]

/** Printable ASCII, so that no control character travels into a guest's scripts. */
export const text: Kind = (value) => (/^[\x20-\x7e]{1,255}$/.test(value) ? Buffer.from(value, 'ascii') : undefined)

const LABEL = /^[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?$/

const domain: Kind = (name) => {
  const labels = name.replace(/\.$/, '').split('.')
  if (name.length > 253 || !labels.every((label) => LABEL.test(label))) return undefined
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
    Buffer.from([0]),
  ])
}

/** Names as DNS writes them, without compression (RFC 3397). */
export const domains: Kind = (value) => all(domain, value)

/** Colons between the bytes, or none; with or without 0x. */
export const bytes: Kind = (value) => {
  const hex = value.replace(/^0x/i, '')
  const plain = /^([0-9a-f]{2})(:[0-9a-f]{2})*$/i.test(hex) ? hex.replaceAll(':', '') : hex
  return /^([0-9a-f]{2}){1,255}$/i.test(plain) ? Buffer.from(plain, 'hex') : undefined
}

/** For codes whose meaning is the site's own: bytes where it says 0x, else text. */
export const free: Kind = (value) => (/^0x/i.test(value) ? bytes(value) : text(value))

/** Classless routes (RFC 3442): `10.2.0.0/16 10.1.1.7`, several with commas. */
export const routes: Kind = (value) =>
  all((part) => {
    const [cidr = '', gateway = '', ...rest] = part.split(/\s+/)
    const [network = '', length = ''] = cidr.split('/')
    const via = address(gateway)
    const to = address(network)
    const prefix = uint8(length)?.[0]
    if (via === undefined || to === undefined || prefix === undefined || prefix > 32 || rest.length > 0)
      return undefined
    return Buffer.concat([Buffer.from([prefix]), to.subarray(0, Math.ceil(prefix / 8)), via])
  }, value)

/** What fits one option. */
export const fits = (buffer: Buffer | undefined): buffer is Buffer => buffer !== undefined && buffer.length <= LONGEST
