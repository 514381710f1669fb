/** A time: seconds as a number, or with its unit, `'90s'`, `'5m'`, `'4h'`, `'1d'`. */
export type Time = number | `${number}${'' | 's' | 'm' | 'h' | 'd'}`

/** A netfilter mark with or without a mask: `'0x10/0xff'`; in SAs also `'%unique'` and `'%unique-dir'`. */
export type Mark = string | number

/** An XFRM interface id, a number or `'0x10'`; in SAs also `'%unique'` and `'%unique-dir'`. */
export type InterfaceId = string | number

/** A certificate or key: PEM as text or bytes, or DER as bytes. */
export type Encoded = string | Uint8Array

/** A word that this library knows, or one that a newer charon does. */
export type Word<Known extends string> = Known | (string & {})
