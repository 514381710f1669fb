import type { Jump, Limit, RejectWith, Rule, Translation } from '../model.ts'
import { verdictOf } from './element.ts'
import { asList, asNumber, asObject, asText, Foreign, foreign, type Json, member } from './json.ts'
import { type Draft, keyOf, readMatch } from './match.ts'

const rejects: Readonly<Record<string, RejectWith>> = {
  'net-unreachable': 'no-route',
  'no-route': 'no-route',
  'port-unreachable': 'port-unreachable',
  'host-unreachable': 'host-unreachable',
  'addr-unreachable': 'host-unreachable',
  'admin-prohibited': 'admin-prohibited',
}

const rejectOf = (json: unknown): Jump => {
  if (member(json, 'type') === 'tcp reset') return { target: 'REJECT', with: 'tcp-reset' }
  const code = asText(member(json, 'expr')) ?? 'port-unreachable'
  return { target: 'REJECT', with: rejects[code] ?? foreign() }
}

const translationOf = (json: unknown, draft: Draft): Translation => {
  const object = asObject(json) ?? foreign()
  if (Object.keys(object).some((key) => !['family', 'addr', 'port'].includes(key))) foreign()
  const map = asObject(member(object.addr, 'map'))
  if (map !== undefined) {
    const name = asText(map.data) ?? foreign()
    if (!name.startsWith('@') || object.port !== undefined) foreign()
    return { key: keyOf(map.key, draft), map: name.slice(1) }
  }
  const address = asText(object.addr) ?? foreign()
  if (object.port === undefined) return { address }
  return { address, port: asNumber(object.port) ?? foreign() }
}

const markOf = (json: unknown, draft: Draft): Jump => {
  const target = member(json, 'key', 'meta', 'key') ?? member(json, 'key', 'ct', 'key')
  const value = member(json, 'value')
  const connection = member(json, 'key', 'ct') !== undefined
  if (target !== 'mark') return foreign()
  const number = asNumber(value)
  if (number !== undefined)
    return connection ? { target: 'CONNMARK', value: number } : { target: 'MARK', value: number }
  const map = asObject(member(value, 'map'))
  if (map !== undefined && !connection) {
    const name = asText(map.data) ?? foreign()
    if (!name.startsWith('@')) foreign()
    return { target: 'MARK', key: keyOf(map.key, draft), map: name.slice(1) }
  }
  const from = member(value, connection ? 'meta' : 'ct', 'key')
  return from === 'mark' ? (connection ? 'SAVE_MARK' : 'RESTORE_MARK') : foreign()
}

const limitOf = (json: unknown): Limit => {
  const { rate, burst, per, inv, ...rest } = asObject(json) ?? foreign()
  const periods = ['second', 'minute', 'hour', 'day'] as const
  const period = periods.find((word) => word === per) ?? foreign()
  if (Object.keys(rest).some((key) => key !== 'burst_unit' && key !== 'rate_unit')) foreign()
  const limit = { rate: asNumber(rate) ?? foreign(), per: period, burst: asNumber(burst) ?? 5 }
  return inv === true ? { ...limit, over: true } : limit
}

const lookupOf = (json: unknown, draft: Draft): Jump => {
  const name = asText(member(json, 'data')) ?? foreign()
  if (!name.startsWith('@')) foreign()
  return { target: 'LOOKUP', key: keyOf(member(json, 'key'), draft), map: name.slice(1) }
}

const jumpOf = (kind: string, statement: Json, draft: Draft): Jump => {
  const body = statement[kind]
  switch (kind) {
    case 'reject':
      return rejectOf(body)
    case 'dnat':
      return { target: 'DNAT', to: translationOf(body, draft) }
    case 'snat':
      return { target: 'SNAT', to: translationOf(body, draft) }
    case 'redirect':
      return { target: 'REDIRECT', port: asNumber(member(body, 'port')) ?? foreign() }
    case 'masquerade':
      return body === null ? 'MASQUERADE' : foreign()
    case 'notrack':
      return 'NOTRACK'
    case 'vmap':
      return lookupOf(body, draft)
    case 'mangle':
      return markOf(body, draft)
    default:
      return verdictOf(statement) ?? foreign()
  }
}

const readStatement = (statement: Json, draft: Draft): void => {
  const [kind = '', body] = Object.entries(statement)[0] ?? []
  // What follows a jump, and two of a kind, have no words here.
  if (draft.jump !== undefined) foreign()
  if (kind === 'match') {
    if (draft.limit !== undefined || draft.counter !== undefined || draft.log !== undefined) foreign()
    readMatch(asObject(body) ?? foreign(), draft)
  } else if (kind === 'limit') draft.limit = draft.limit === undefined ? limitOf(body) : foreign()
  else if (kind === 'log') {
    const { prefix, ...rest } = asObject(body) ?? {}
    if (Object.keys(rest).length > 0) foreign()
    draft.log = asText(prefix) ?? foreign()
  } else if (kind === 'counter') draft.counter = asText(body) ?? true
  else draft.jump = jumpOf(kind, statement, draft)
}

const isSyn = (statement: unknown): boolean =>
  member(statement, 'match', 'op') === 'in' &&
  member(statement, 'match', 'left', 'payload', 'field') === 'flags' &&
  member(statement, 'match', 'right') === 'syn'

const clampOf = (statement: unknown): Jump | undefined => {
  if (member(statement, 'mangle', 'key', 'tcp option', 'name') !== 'maxseg') return undefined
  if (member(statement, 'mangle', 'value', 'rt', 'key') === 'mtu') return { target: 'TCPMSS' }
  const size = asNumber(member(statement, 'mangle', 'value'))
  return size === undefined ? undefined : { target: 'TCPMSS', size }
}

/** A rule of nft's JSON in this library's words; one it has none for is kept as `foreign`. */
export const ruleOf = (json: Json): Rule => {
  const statements = asList(json.expr) ?? []
  const comment = asText(json.comment)
  const clamp = isSyn(statements.at(-2)) ? clampOf(statements.at(-1)) : undefined
  try {
    const draft: Draft = {}
    for (const statement of clamp === undefined ? statements : statements.slice(0, -2))
      readStatement(asObject(statement) ?? foreign(), draft)
    if (clamp !== undefined) draft.jump = clamp
    if (comment !== undefined) draft.comment = comment
    return draft
  } catch (error) {
    if (!(error instanceof Foreign)) throw error
    return { foreign: JSON.stringify({ expr: withoutCounts(statements), comment }) }
  }
}

/** Counters run; the rule is the same. */
const withoutCounts = (statements: readonly unknown[]): readonly unknown[] =>
  statements.map((statement) => (asObject(member(statement, 'counter')) === undefined ? statement : { counter: null }))
