import { ViciError } from '../errors.ts'

/** What a value may be given as: `true` is sent as `yes`, `false` as `no`, a number in decimal. */
export type Scalar = string | number | bigint | boolean | Uint8Array

/** A message as it is given to be sent: keys, lists and sections by name, in this order. Undefined is left out. */
export type MessageInput = {
  readonly [name: string]: Scalar | readonly Scalar[] | MessageInput | undefined
}

/** A message as it was received. It has no prototype: any name is only a name. */
export type Message<T = string> = {
  readonly [name: string]: T | readonly T[] | Message<T>
}

/** How deep sections may lie in each other; charon's own messages need six levels at most. */
export const MAX_DEPTH = 64

/** Element types of the wire, by the README of strongSwan's vici plugin. */
export const ELEMENT = {
  sectionStart: 1,
  sectionEnd: 2,
  keyValue: 3,
  listStart: 4,
  listItem: 5,
  listEnd: 6,
} as const

/** A name has an 8-bit length; charon takes printable ASCII. It may be empty: `get-counters` has such a section. */
export const MAX_NAME = 0xff

/** A value has a 16-bit length. */
export const MAX_VALUE = 0xffff

/** Whether every byte is printable ASCII. */
export const isPrintable = (name: string): boolean => /^[\x20-\x7e]*$/.test(name)

/** The name, or VICI_VALUE; for commands and events as well as for elements. */
export const checkName = (name: string, what: string): string => {
  if (name.length > MAX_NAME) throw new ViciError('VICI_VALUE', `${what} has a name of more than ${MAX_NAME} bytes`)
  if (!isPrintable(name)) throw new ViciError('VICI_VALUE', `${what} has a name that is not printable ASCII`)
  return name
}
