import { BlockList, isIPv6 } from 'node:net'
import type { Field, FirstMatchList, Matcher, Packet, Rule, Scalar, Tuple } from 'node-iptables'

/** Runs a packet through a compiled list as the kernel does, for the words that such lists are made of. */
const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, esp: 50, ah: 51 }
const numberOf = (text: Scalar): number => numbers[text] ?? Number(text)

const header = (packet: Packet): readonly [number, number] =>
  packet.destinationPort === undefined
    ? [(packet.icmpType ?? 0) * 256 + (packet.icmpCode ?? 0), 0]
    : [40_000, packet.destinationPort]

interface State {
  readonly packet: Packet
  mark: number
}

const readField = (field: Field, { packet, mark }: State): Scalar => {
  if (field === 'mark') return mark
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

const matches = (rule: Rule, state: State, list: FirstMatchList): boolean => {
  const fields = ['source', 'destination', 'protocol', 'destinationPort', 'mark'] as const
  const plain = fields.every((field) => {
    const matcher = rule[field] as Matcher<Scalar> | undefined
    return matcher === undefined || matcherHolds(matcher, readField(field, state), list)
  })
  if (!plain || rule.lookup === undefined) return plain
  const { key, set } = rule.lookup
  const values = key.map((field) => readField(field, state))
  return list.sets.find(({ name }) => name === set)?.elements.some((tuple) => holds(tuple, values)) ?? false
}

const lookUp = (list: FirstMatchList, name: string, key: readonly Field[], state: State) => {
  const values = key.map((field) => readField(field, state))
  const found = list.maps.find((map) => map.name === name)?.elements.filter(([tuple]) => holds(tuple, values)) ?? []
  if (found.length > 1) throw new Error(`${name} has ${found.length} elements for one packet`)
  return found[0]?.[1]
}

/** What the rule does: the name of the chain that the packet is sent to, undefined where the next rule is asked. */
const act = (rule: Rule, state: State, list: FirstMatchList): string | undefined => {
  const { jump } = rule
  if (jump === 'RESTORE_MARK') {
    state.mark = 0
    return undefined
  }
  if (typeof jump !== 'object') throw new Error('the list has a rule without verdict')
  if (jump.target === 'GOTO') return jump.chain
  if (jump.target === 'MARK') {
    const value = 'map' in jump ? lookUp(list, jump.map, jump.key, state) : jump.value
    if (value !== undefined) state.mark = Number(value)
    return undefined
  }
  if (jump.target !== 'LOOKUP') throw new Error(`the list does ${jump.target}`)
  const verdict = lookUp(list, jump.map, jump.key, state)
  return typeof verdict === 'object' && 'target' in verdict ? verdict.chain : undefined
}

/** Name of the chain outside of the list that the packet goes to; undefined where the list ends without one. */
export const simulate = (list: FirstMatchList, packet: Packet): string | undefined => {
  const state: State = { packet, mark: 0 }
  let rules = list.chain.rules
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index]
    if (rule === undefined || !matches(rule, state, list)) continue
    const chain = act(rule, state, list)
    if (chain === undefined) continue
    const own = list.chains.find(({ name }) => name === chain)
    if (own === undefined) {
      if (state.mark !== 0) throw new Error('the list keeps the mark')
      return chain
    }
    ;[rules, index] = [own.rules, -1]
  }
  if (state.mark !== 0) throw new Error('the list keeps the mark')
  return undefined
}
