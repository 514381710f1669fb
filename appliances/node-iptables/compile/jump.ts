import { isIPv6 } from 'node:net'
import type { Family, Field, Jump, RejectWith, Rule, Translation, Word } from '../model.ts'
import { formatScalar, invalid } from '../values.ts'
import { keyText } from './field.ts'
import { plainOf } from './match.ts'
import type { Scope } from './scope.ts'

const rejects: Readonly<Record<Family, Readonly<Record<Exclude<RejectWith, 'tcp-reset'>, string>>>> = {
  ip: {
    'no-route': 'icmp net-unreachable',
    'port-unreachable': 'icmp port-unreachable',
    'host-unreachable': 'icmp host-unreachable',
    'admin-prohibited': 'icmp admin-prohibited',
  },
  ip6: {
    'no-route': 'icmpv6 no-route',
    'port-unreachable': 'icmpv6 port-unreachable',
    'host-unreachable': 'icmpv6 addr-unreachable',
    'admin-prohibited': 'icmpv6 admin-prohibited',
  },
  inet: {
    'no-route': 'icmpx no-route',
    'port-unreachable': 'icmpx port-unreachable',
    'host-unreachable': 'icmpx host-unreachable',
    'admin-prohibited': 'icmpx admin-prohibited',
  },
}

const words: Readonly<Record<Exclude<Word, 'REJECT'>, string>> = {
  ACCEPT: 'accept',
  DROP: 'drop',
  RETURN: 'return',
  MASQUERADE: 'masquerade',
  NOTRACK: 'notrack',
  SAVE_MARK: 'ct mark set meta mark',
  RESTORE_MARK: 'meta mark set ct mark',
}

/** Whether the rule matches one protocol only, and which. */
export const onlyProtocol = (rule: Rule): string | undefined => {
  if (rule.protocol === undefined) return undefined
  const plain = plainOf(rule.protocol)
  return plain !== undefined && !plain.negated && plain.values.length === 1
    ? formatScalar('inet_proto', plain.values[0] ?? '', false)
    : undefined
}

const rejectText = (how: RejectWith, rule: Rule, family: Family): string => {
  if (how !== 'tcp-reset') return `reject with ${rejects[family][how]}`
  if (onlyProtocol(rule) !== 'tcp') throw invalid('tcp-reset of a rule whose protocol', rule.protocol)
  return 'reject with tcp reset'
}

const segmentText = (size: number | undefined): string => {
  if (size === undefined) return 'rt mtu'
  if (!Number.isInteger(size) || size < 1 || size > 0xffff) throw invalid('a segment size', size)
  return String(size)
}

const needsProtocol = (rule: Rule, jump: unknown): void => {
  if (rule.protocol === undefined) throw invalid('a port is translated by a rule without protocol', jump)
}

const translationText = (verb: 'snat' | 'dnat', to: Translation, rule: Rule, scope: Scope): string => {
  if ('map' in to) {
    const map = scope.map(to.map)
    if (map.value === 'verdict') throw invalid(`${verb} by map ${to.map}, whose value`, map.value)
    if (map.value.length > 1) needsProtocol(rule, to)
    const family = map.value[0] === 'ipv6_addr' ? 'ip6' : 'ip'
    return `${verb} ${family} to ${keyText(to.key, map.key, map.name)} map @${map.name}`
  }
  const six = isIPv6(to.address)
  const address = formatScalar(six ? 'ipv6_addr' : 'ipv4_addr', to.address, false)
  if (to.port === undefined) return `${verb} ${six ? 'ip6' : 'ip'} to ${address}`
  needsProtocol(rule, to)
  const port = formatScalar('inet_service', to.port, false)
  return six ? `${verb} ip6 to [${address}]:${port}` : `${verb} ip to ${address}:${port}`
}

const markMapText = ({ key, map: name }: { readonly key: readonly Field[]; readonly map: string }, scope: Scope) => {
  const map = scope.map(name)
  if (map.value === 'verdict' || map.value.join() !== 'mark')
    throw invalid(`a mark of map ${name}, whose value`, map.value)
  return `${keyText(key, map.key, map.name)} map @${map.name}`
}

/** The statement that ends a rule. */
export const jumpText = (jump: Jump, rule: Rule, scope: Scope): string => {
  if (typeof jump === 'string') {
    if (jump === 'REJECT') return rejectText('port-unreachable', rule, scope.family)
    const word = words[jump]
    if (word === undefined) throw invalid('a jump', jump)
    return word
  }
  switch (jump.target) {
    case 'REJECT':
      return rejectText(jump.with, rule, scope.family)
    case 'DNAT':
      return translationText('dnat', jump.to, rule, scope)
    case 'SNAT':
      return translationText('snat', jump.to, rule, scope)
    case 'REDIRECT':
      needsProtocol(rule, jump)
      return `redirect to :${formatScalar('inet_service', jump.port, false)}`
    case 'MARK':
      return `meta mark set ${'map' in jump ? markMapText(jump, scope) : formatScalar('mark', jump.value, false)}`
    case 'CONNMARK':
      return `ct mark set ${formatScalar('mark', jump.value, false)}`
    case 'TCPMSS':
      return `tcp flags syn tcp option maxseg size set ${segmentText(jump.size)}`
    case 'JUMP':
      return `jump ${scope.chain(jump.chain).name}`
    case 'GOTO':
      return `goto ${scope.chain(jump.chain).name}`
    case 'LOOKUP': {
      const map = scope.map(jump.map)
      if (map.value !== 'verdict') throw invalid(`a verdict of map ${jump.map}, whose value`, map.value)
      return `${keyText(jump.key, map.key, map.name)} vmap @${map.name}`
    }
    default:
      throw invalid('a jump', jump)
  }
}
