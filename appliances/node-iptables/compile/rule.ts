import type { Limit, Rule } from '../model.ts'
import { quote } from '../names.ts'
import { invalid } from '../values.ts'
import { addressTypes, icmpTypes, icmpv6Types, states, statuses } from '../words.ts'
import { jumpText, onlyProtocol } from './jump.ts'
import { flagMatch, lookupMatch, typedMatch, wordMatch } from './match.ts'
import type { Scope } from './scope.ts'

const portProtocols = ['tcp', 'udp']

/** Protocol and ports together: nft lists `meta l4proto tcp th dport 80` as `tcp dport 80`, so it is written so. */
const transportText = (rule: Rule, scope: Scope): readonly string[] => {
  const only = onlyProtocol(rule)
  const ports = [rule.sourcePort, rule.destinationPort].some((port) => port !== undefined)
  if (ports && rule.protocol === undefined) throw invalid('a port is matched by a rule without protocol', rule)
  const named = ports && only !== undefined && portProtocols.includes(only)
  const implied =
    named ||
    (only === 'icmp' && rule.icmpType !== undefined) ||
    (only === 'icmpv6' && rule.icmpv6Type !== undefined) ||
    (only === 'tcp' && typeof rule.jump === 'object' && rule.jump.target === 'TCPMSS')
  const header = named ? only : 'th'
  return [
    ...(rule.protocol === undefined || implied ? [] : [typedMatch('protocol', rule.protocol, scope)]),
    ...(rule.sourcePort === undefined ? [] : [typedMatch('sourcePort', rule.sourcePort, scope, `${header} sport`)]),
    ...(rule.destinationPort === undefined
      ? []
      : [typedMatch('destinationPort', rule.destinationPort, scope, `${header} dport`)]),
  ]
}

const limitText = ({ rate, per, burst = 5, over }: Limit): string => {
  if (![rate, burst].every((value) => Number.isInteger(value) && value > 0 && value < 2 ** 31))
    throw invalid('a limit', { rate, burst })
  return `limit rate ${over === true ? 'over ' : ''}${rate}/${per} burst ${burst} packets`
}

const policyText = (field: string, policy: Rule['policyIn']): readonly string[] => {
  if (policy === undefined) return []
  if (policy !== 'ipsec' && policy !== 'none') throw invalid('a policy', policy)
  return [`${field} ${policy === 'ipsec' ? 'exists' : 'missing'}`]
}

const counterText = (counter: true | string, scope: Scope): string =>
  counter === true ? 'counter' : `counter name "${scope.counter(counter)}"`

/** One rule as one line of nft, in one order only, so that equal rules have equal texts. */
export const ruleText = (rule: Rule, scope: Scope): string => {
  if (rule.foreign !== undefined) throw invalid('a rule of another program cannot be written', rule.foreign)
  const typed = (
    field: 'in' | 'out' | 'sourceMac' | 'source' | 'destination' | 'mark' | 'connectionMark',
  ): string[] => {
    const matcher = rule[field]
    return matcher === undefined ? [] : [typedMatch(field, matcher, scope)]
  }
  const parts = [
    ...typed('in'),
    ...typed('out'),
    ...typed('sourceMac'),
    ...typed('source'),
    ...typed('destination'),
    ...transportText(rule, scope),
    ...(rule.icmpType === undefined ? [] : [wordMatch('icmp type', rule.icmpType, icmpTypes)]),
    ...(rule.icmpv6Type === undefined ? [] : [wordMatch('icmpv6 type', rule.icmpv6Type, icmpv6Types)]),
    ...(rule.state === undefined ? [] : [flagMatch('ct state', rule.state, states)]),
    ...(rule.status === undefined ? [] : [flagMatch('ct status', rule.status, statuses)]),
    ...typed('mark'),
    ...typed('connectionMark'),
    ...(rule.sourceType === undefined ? [] : [wordMatch('fib saddr type', rule.sourceType, addressTypes)]),
    ...(rule.destinationType === undefined ? [] : [wordMatch('fib daddr type', rule.destinationType, addressTypes)]),
    ...(rule.reversePath === undefined
      ? []
      : [`fib saddr . iif oif ${rule.reversePath === 'valid' ? 'exists' : 'missing'}`]),
    ...policyText('meta ipsec', rule.policyIn),
    ...policyText('rt ipsec', rule.policyOut),
    ...(rule.lookup === undefined ? [] : [lookupMatch(rule.lookup, scope)]),
    ...(rule.limit === undefined ? [] : [limitText(rule.limit)]),
    ...(rule.log === undefined ? [] : [`log prefix ${quote('a log prefix', rule.log, 127)}`]),
    ...(rule.counter === undefined ? [] : [counterText(rule.counter, scope)]),
    ...(rule.jump === undefined ? [] : [jumpText(rule.jump, rule, scope)]),
    ...(rule.comment === undefined ? [] : [`comment ${quote('a comment', rule.comment, 127)}`]),
  ]
  if (parts.length === 0) throw invalid('a rule without match, counter and jump', rule)
  return parts.join(' ')
}
