import type { KeyType, MapElement, NamedMap, NamedSet, Scalar, Tuple, Verdict } from '../model.ts'
import { types } from '../values.ts'
import { asList, asNumber, asObject, asText, foreign, member } from './json.ts'

/** A value, prefix or range as this library writes it. */
export const scalarOf = (value: unknown): Scalar => {
  const prefix = asObject(member(value, 'prefix'))
  if (prefix !== undefined) return `${asText(prefix.addr) ?? foreign()}/${asNumber(prefix.len) ?? foreign()}`
  const range = asList(member(value, 'range'))
  if (range !== undefined) return range.map((end) => asText(end) ?? asNumber(end) ?? foreign()).join('-')
  return asText(value) ?? asNumber(value) ?? foreign()
}

const tupleOf = (value: unknown): Tuple => {
  // Elements with a comment, timeout or counter of their own are wrapped; this library writes none.
  if (member(value, 'elem') !== undefined) return foreign()
  const parts = asList(member(value, 'concat'))
  return parts === undefined ? scalarOf(value) : parts.map(scalarOf)
}

/** `{"accept":null}`, `{"jump":{"target":"x"}}`; undefined for anything else. */
export const verdictOf = (value: unknown): Verdict | undefined => {
  const object = asObject(value) ?? {}
  if ('accept' in object) return 'ACCEPT'
  if ('drop' in object) return 'DROP'
  if ('return' in object) return 'RETURN'
  const jump = asText(member(object, 'jump', 'target'))
  if (jump !== undefined) return { target: 'JUMP', chain: jump }
  const goto = asText(member(object, 'goto', 'target'))
  return goto === undefined ? undefined : { target: 'GOTO', chain: goto }
}

const isKeyType = (name: string): name is KeyType => name in types

/** nft writes `"ipv4_addr"`, `["ipv4_addr","mark"]` or `"ipv4_addr . mark"`, by version and place. */
const keyOf = (value: unknown): readonly KeyType[] => {
  const names = asList(value) ?? (asText(value) ?? foreign()).split(' . ')
  return names.map((name) => (typeof name === 'string' && isKeyType(name) ? name : foreign()))
}

const known = new Set(['family', 'name', 'table', 'type', 'handle', 'flags', 'elem', 'map'])

const common = (json: Readonly<Record<string, unknown>>) => {
  const flags = asList(json.flags) ?? []
  if (Object.keys(json).some((key) => !known.has(key)) || flags.some((flag) => flag !== 'interval')) foreign()
  return {
    name: asText(json.name) ?? foreign(),
    key: keyOf(json.type),
    ...(flags.length > 0 ? { interval: true as const } : {}),
  }
}

export const setOf = (json: Readonly<Record<string, unknown>>): NamedSet => ({
  ...common(json),
  elements: (asList(json.elem) ?? []).map(tupleOf),
})

export const mapOf = (json: Readonly<Record<string, unknown>>): NamedMap => {
  const value = json.map === 'verdict' ? ('verdict' as const) : keyOf(json.map)
  const elements = (asList(json.elem) ?? []).map((pair): MapElement => {
    const [key, data] = asList(pair) ?? foreign()
    return [tupleOf(key), value === 'verdict' ? (verdictOf(data) ?? foreign()) : tupleOf(data)]
  })
  const { name, key, ...flags } = common(json)
  return { name, key, value, ...flags, elements }
}
