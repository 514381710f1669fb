import type { Field, Lookup, Rule } from '../model.ts'
import { scalarOf } from './element.ts'
import { asList, asObject, asText, foreign, type Json, member } from './json.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
export type Draft = Mutable<Rule>

const metas: Readonly<Record<string, Field>> = { iifname: 'in', oifname: 'out', l4proto: 'protocol', mark: 'mark' }

const payloads: Readonly<Record<string, Field>> = {
  'ether saddr': 'sourceMac',
  'ip saddr': 'source',
  'ip6 saddr': 'source',
  'ip daddr': 'destination',
  'ip6 daddr': 'destination',
  'th sport': 'sourcePort',
  'th dport': 'destinationPort',
  'tcp sport': 'sourcePort',
  'tcp dport': 'destinationPort',
  'udp sport': 'sourcePort',
  'udp dport': 'destinationPort',
}

const payloadName = (left: unknown): string => {
  const payload = asObject(member(left, 'payload'))
  return payload === undefined ? '' : `${asText(payload.protocol)} ${asText(payload.field)}`
}

/** The protocol that nft left out because the header's name implies it. */
const impliedProtocol = (left: unknown): string | undefined => {
  const [header = ''] = payloadName(left).split(' ')
  return header === 'tcp' || header === 'udp' ? header : undefined
}

export const fieldOf = (left: unknown): Field | undefined => {
  const meta = asText(member(left, 'meta', 'key'))
  if (meta !== undefined) return metas[meta]
  if (member(left, 'ct', 'key') === 'mark') return 'connectionMark'
  return payloads[payloadName(left)]
}

/** Fields of a key, plain or concatenated. Ports of a named header leave its protocol in the rule. */
export const keyOf = (left: unknown, draft: Draft): readonly Field[] => {
  const parts = asList(member(left, 'concat')) ?? [left]
  return parts.map((part) => {
    const implied = impliedProtocol(part)
    if (implied !== undefined) draft.protocol ??= implied
    return fieldOf(part) ?? foreign()
  })
}

const valuesOf = (right: unknown): readonly (string | number)[] => {
  const list = asList(member(right, 'set')) ?? asList(right)
  return (list ?? [right]).map(scalarOf)
}

const setName = (right: unknown): string | undefined => {
  const text = asText(right)
  return text?.startsWith('@') === true ? text.slice(1) : undefined
}

const put = <Key extends keyof Draft>(draft: Draft, key: Key, value: unknown): void => {
  // The same field twice in one rule has no words here.
  if (draft[key] !== undefined) foreign()
  draft[key] = value as Draft[Key]
}

const matcherOf = (right: unknown, negated: boolean): unknown => {
  const set = setName(right)
  if (set !== undefined) return negated ? { notSet: set } : { set }
  const values = valuesOf(right)
  const value = values.length === 1 ? values[0] : values
  return negated ? { not: value } : value
}

const addressTypes: Readonly<Record<string, 'sourceType' | 'destinationType'>> = {
  saddr: 'sourceType',
  daddr: 'destinationType',
}

const fibMatch = (fib: Json, right: unknown, negated: boolean, draft: Draft): void => {
  const flags = (asList(fib.flags) ?? [fib.flags]).join(' ')
  if (fib.result === 'type') put(draft, addressTypes[flags] ?? foreign(), matcherOf(right, negated))
  else if (fib.result === 'oif' && flags === 'saddr iif' && typeof right === 'boolean')
    put(draft, 'reversePath', right !== negated ? 'valid' : 'missing')
  else foreign()
}

const words: Readonly<Record<string, 'icmpType' | 'icmpv6Type'>> = {
  'icmp type': 'icmpType',
  'icmpv6 type': 'icmpv6Type',
}

/** Whether a packet comes out of IPsec, or goes into it. */
const policyField = (left: unknown): 'policyIn' | 'policyOut' | undefined => {
  if (member(left, 'meta', 'key') === 'ipsec') return 'policyIn'
  return member(left, 'rt', 'key') === 'ipsec' ? 'policyOut' : undefined
}

/** One `match` statement of nft's JSON, added to the rule that is being read. */
export const readMatch = (match: Json, draft: Draft): void => {
  const { op, left, right } = match
  const negated = op === '!='
  const plain = op === '==' || negated
  const bits = member(left, 'ct', 'key')
  const fib = asObject(member(left, 'fib'))
  const word = words[payloadName(left)]
  const concat = member(left, 'concat') !== undefined
  const policy = policyField(left)
  if (bits === 'state' || bits === 'status') {
    const values = valuesOf(right)
    if (op !== 'in') foreign()
    put(draft, bits, values.length === 1 ? values[0] : values)
  } else if (fib !== undefined && plain) fibMatch(fib, right, negated, draft)
  else if (policy !== undefined && plain && typeof right === 'boolean')
    put(draft, policy, right !== negated ? 'ipsec' : 'none')
  else if (word !== undefined && plain) put(draft, word, matcherOf(right, negated))
  else if (concat && plain) {
    const lookup: Lookup = { key: keyOf(left, draft), set: setName(right) ?? foreign() }
    put(draft, 'lookup', negated ? { ...lookup, not: true } : lookup)
  } else if (plain) {
    const [field = foreign()] = keyOf(left, draft)
    put(draft, field, matcherOf(right, negated))
  } else foreign()
}
