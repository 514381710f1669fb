/** DER of ASN.1 (ITU-T X.690), as much of it as certificates need. */

const length = (bytes: number): Buffer => {
  if (bytes < 0x80) return Buffer.from([bytes])
  const hex = bytes.toString(16)
  const long = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.from([0x80 | long.length]), long])
}

/** Tag, length and content of one value. */
export const der = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const whole = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), length(whole.length), whole])
}

export const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content)
export const set = (...content: readonly Uint8Array[]): Buffer => der(0x31, ...content)
export const octets = (content: Uint8Array): Buffer => der(0x04, content)
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text, 'utf8'))
export const NULL = der(0x05)
export const TRUE = der(0x01, Buffer.from([0xff]))

/** All bits of the last byte but `unused` count. */
export const bits = (content: Uint8Array, unused = 0): Buffer => der(0x03, Buffer.from([unused]), content)

/** An unsigned number, big end first. */
export const unsigned = (bytes: Uint8Array): Buffer => {
  const from = bytes.findIndex((byte) => byte !== 0)
  const rest = from < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(from))
  // With the first bit set it would be a negative one.
  return der(0x02, Buffer.from((rest[0] ?? 0) & 0x80 ? [0] : []), rest)
}

const base128 = (arc: number): readonly number[] => {
  const digits = [arc & 0x7f]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

/** An object identifier such as `2.5.29.17`. */
export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)))
}

/** Up to 2049 as UTCTime, later as GeneralizedTime (RFC 5280, 4.1.2.5); whole seconds. */
export const time = (at: Date): Buffer => {
  const text = `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
  return at.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text))
}
