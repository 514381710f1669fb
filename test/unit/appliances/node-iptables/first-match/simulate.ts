import { BlockList, isIPv6 } from 'node:net'
import type { Field, FirstMatchList, Matcher, Packet, Rule, Scalar, Tuple } from 'node-iptables'

/** Runs a packet through a compiled list as the kernel does, for the words that such lists are made of. */
const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, esp: 50, ah: 51 }
const numberOf = (text: Scalar): number => numbers[text] ?? Number(text)

const header = (packet: Packet): readonly [number, number] =>
  packet.destinationPort === undefined
    ? [(packet.icmpType ?? 0) * 256 + (packet.icmpCode ?? 0), 0]
    : [40_000, packet.destinationPort]

const readField = (field: Field, packet: Packet): Scalar => {
  if (field === 'source' || field === 'destination') return packet[field]
  if (field === 'protocol') return numberOf(packet.protocol)
  const [first, second] = header(packet)
  if (field === 'sourcePort') return first
  if (field === 'destinationPort') return second
  throw new Error(`the list looks at ${field}`)
}

const inRange = (text: string, value: number): boolean => {
  const [first = '', last = first] = text.split('-')
  return value >= numberOf(first) && value <= numberOf(last)
}

const isIn = (member: Scalar, value: Scalar): boolean => {
  if (typeof value === 'number') return inRange(String(member), value)
  const text = String(member)
  if (isIPv6(value) !== text.includes(':')) return false
  const family = isIPv6(value) ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  const [base = '', prefix] = text.split('/')
  const [first = '', last] = text.split('-')
  if (prefix !== undefined) list.addSubnet(base, Number(prefix), family)
  else if (last !== undefined) list.addRange(first, last, family)
  else list.addAddress(text, family)
  return list.check(value, family)
}

const partsOf = (tuple: Tuple): readonly Scalar[] => (typeof tuple === 'object' ? tuple : [tuple])
const holds = (tuple: Tuple, values: readonly Scalar[]): boolean =>
  partsOf(tuple).every((part, index) => isIn(part, values[index] ?? ''))

const matcherHolds = (matcher: Matcher<Scalar>, value: Scalar, list: FirstMatchList): boolean => {
  if (Array.isArray(matcher)) return matcher.some((member) => isIn(member, value))
  if (typeof matcher !== 'object') return isIn(matcher, value)
  if ('not' in matcher) return !matcherHolds(matcher.not, value, list)
  if (!('set' in matcher)) throw new Error('the list has a matcher that it should not need')
  return list.sets.find(({ name }) => name === matcher.set)?.elements.some((tuple) => holds(tuple, [value])) ?? false
}

const matches = (rule: Rule, packet: Packet, list: FirstMatchList): boolean => {
  const fields = ['source', 'destination', 'protocol', 'destinationPort'] as const
  const plain = fields.every((field) => {
    const matcher = rule[field] as Matcher<Scalar> | undefined
    return matcher === undefined || matcherHolds(matcher, readField(field, packet), list)
  })
  if (!plain || rule.lookup === undefined) return plain
  const { key, set } = rule.lookup
  const values = key.map((field) => readField(field, packet))
  return list.sets.find(({ name }) => name === set)?.elements.some((tuple) => holds(tuple, values)) ?? false
}

/** Name of the chain that the verdict goes to; undefined where the list ends without one. */
export const simulate = (list: FirstMatchList, packet: Packet): string | undefined => {
  for (const rule of list.chain.rules) {
    if (!matches(rule, packet, list)) continue
    const { jump } = rule
    if (typeof jump !== 'object') throw new Error('the list has a rule without verdict')
    if (jump.target === 'GOTO') return jump.chain
    if (jump.target !== 'LOOKUP') throw new Error(`the list does ${jump.target}`)
    const map = list.maps.find(({ name }) => name === jump.map)
    const values = jump.key.map((field) => readField(field, packet))
    const found = map?.elements.filter(([key]) => holds(key, values)) ?? []
    if (found.length > 1) throw new Error(`${jump.map} has ${found.length} elements for one packet`)
    const verdict = found[0]?.[1]
    if (typeof verdict === 'object' && 'target' in verdict) return verdict.chain
  }
  return undefined
}
