import type {
  HttpRule,
  NamedAcl,
  StickCounter,
  StickRule,
  StickTable,
  TcpRule,
  TrackAction,
  UseBackend,
} from '../model.ts'
import { choice, integer, invalid, name, pattern, text, unreadable, type Words } from './codec.ts'
import { conditionWords, readTest, splitCondition, testWords } from './condition.ts'
import { expression, format } from './expression.ts'
import { type Parts, readParts, writeParts } from './options.ts'

const when = (rest: Words): { readonly when?: TcpRule['when'] & object } => {
  const { words, when: condition } = splitCondition(rest)
  if (words.length > 0) throw unreadable(`${JSON.stringify(words[0])} is not among what this library reads`)
  return condition === undefined ? {} : { when: condition }
}

const trackWords = ({ counter, key, table }: TrackAction): Words => {
  if (![0, 1, 2].includes(counter)) throw invalid('a counter', counter)
  return [`track-sc${counter}`, expression.write(key), ...(table === undefined ? [] : ['table', name.write(table)])]
}

const readTrack = ([word = '', key = '', ...rest]: Words): { readonly action: TrackAction; readonly rest: Words } => {
  const counter = Number(word.slice('track-sc'.length)) as 0 | 1 | 2
  if (![0, 1, 2].includes(counter)) throw unreadable(`${word} is not a counter`)
  const action = { action: 'track', counter, key: expression.read(key) } as const
  if (rest[0] !== 'table') return { action, rest }
  return { action: { ...action, table: name.read(rest[1] ?? '') }, rest: rest.slice(2) }
}

const stage = choice('connection', 'session', 'content')
const verdict = choice('accept', 'reject')

export const tcpRuleWords = (rule: TcpRule): Words => [
  stage.write(rule.on),
  ...(rule.action === 'track' ? trackWords(rule) : [verdict.write(rule.action)]),
  ...conditionWords(rule.when),
]

export const readTcpRule = ([on = '', ...words]: Words): TcpRule => {
  const stageOf = stage.read(on)
  if (words[0]?.startsWith('track-sc') === true) {
    const { action, rest } = readTrack(words)
    return { on: stageOf, ...action, ...when(rest) }
  }
  return { on: stageOf, action: verdict.read(words[0] ?? ''), ...when(words.slice(1)) }
}

const header = pattern('a header', /^[A-Za-z0-9!$&*+.^_`|~-]{1,255}$/)
const status = integer(200, 599)
const scheme = choice('http', 'https')
const redirectCode = integer(301, 308)

const httpWords = (rule: HttpRule): Words => {
  switch (rule.action) {
    case 'allow':
      return ['allow']
    case 'deny':
      return ['deny', ...(rule.status === undefined ? [] : ['deny_status', status.write(rule.status)])]
    case 'auth':
      return ['auth', ...(rule.realm === undefined ? [] : ['realm', text.write(rule.realm)])]
    case 'set-header':
    case 'add-header':
      return [rule.action, header.write(rule.header), format.write(rule.value)]
    case 'del-header':
      return ['del-header', header.write(rule.header)]
    case 'redirect': {
      const code = rule.code === undefined ? [] : ['code', redirectCode.write(rule.code)]
      return ['redirect', 'scheme', scheme.write(rule.scheme as 'http' | 'https'), ...code]
    }
    case 'track':
      return trackWords(rule)
    default:
      throw invalid('an action', rule)
  }
}

export const httpRuleWords = (rule: HttpRule): Words => [...httpWords(rule), ...conditionWords(rule.when)]

export const readHttpRule = (words: Words): HttpRule => {
  const [action = '', first = '', second = '', ...rest] = words
  switch (action) {
    case 'allow':
      return { action, ...when(words.slice(1)) }
    case 'deny':
      return first === 'deny_status'
        ? { action, status: status.read(second), ...when(rest) }
        : { action, ...when(words.slice(1)) }
    case 'auth':
      return first === 'realm'
        ? { action, realm: text.read(second), ...when(rest) }
        : { action, ...when(words.slice(1)) }
    case 'set-header':
    case 'add-header':
      return { action, header: header.read(first), value: format.read(second), ...when(rest) }
    case 'del-header':
      return { action, header: header.read(first), ...when(words.slice(2)) }
    case 'redirect': {
      if (first !== 'scheme')
        throw unreadable('a redirect that is not to a scheme is not among what this library reads')
      const to = { action, scheme: scheme.read(second) } as const
      if (rest[0] !== 'code') return { ...to, ...when(rest) }
      return { ...to, code: redirectCode.read(rest[1] ?? '') as 301, ...when(rest.slice(2)) }
    }
    default: {
      if (!action.startsWith('track-sc')) throw unreadable(`the action ${action} is not among what this library reads`)
      const track = readTrack(words)
      return { ...track.action, ...when(track.rest) }
    }
  }
}

export const useBackendWords = ({ backend, when: condition }: UseBackend): Words => [
  name.write(backend),
  ...conditionWords(condition),
]

export const readUseBackend = ([backend = '', ...rest]: Words): UseBackend => ({
  backend: name.read(backend),
  ...when(rest),
})

export const aclWords = ({ name: own, ...test }: NamedAcl): Words => [name.write(own), ...testWords(test)]

export const readAcl = ([own = '', ...words]: Words): NamedAcl => ({ name: name.read(own), ...readTest(words) })

const counter = choice(
  'gpc0',
  'gpt0',
  'conn_cnt',
  'conn_cur',
  'sess_cnt',
  'http_req_cnt',
  'http_err_cnt',
  'bytes_in_cnt',
  'bytes_out_cnt',
  'server_id',
)
const rate = choice(
  'conn_rate',
  'sess_rate',
  'http_req_rate',
  'http_err_rate',
  'bytes_in_rate',
  'bytes_out_rate',
  'gpc0_rate',
)
const period = integer(1)

const counterText = (store: StickCounter): string =>
  typeof store === 'string' ? counter.write(store) : `${rate.write(store.counter)}(${period.write(store.period)})`

const readCounter = (word: string): StickCounter => {
  const match = /^([a-z0-9_]+)\((\d+)\)$/.exec(word)
  if (match === null) return counter.read(word)
  return { counter: rate.read(match[1] ?? ''), period: period.read(match[2] ?? '') }
}

const tableParts: Parts<Pick<StickTable, 'size' | 'expire' | 'nopurge' | 'peers' | 'store'>> = {
  size: { word: 'size', scalar: integer(1) },
  expire: { word: 'expire', scalar: integer(1) },
  nopurge: { word: 'nopurge' },
  peers: { word: 'peers', scalar: name },
  store: {
    word: 'store',
    scalar: {
      write: (counters) => {
        if (counters.length === 0) throw invalid('what a table stores', counters)
        return counters.map(counterText).join(',')
      },
      read: (word) => word.split(',').map(readCounter),
    },
  },
}

const tableType = choice('ip', 'ipv6', 'integer', 'string', 'binary')
const tableLength = integer(1, 65_535)

export const stickTableWords = ({ type, length, ...rest }: StickTable): Words => [
  'type',
  tableType.write(type),
  ...(length === undefined ? [] : ['len', tableLength.write(length)]),
  ...writeParts(tableParts, rest),
]

export const readStickTable = ([word, type = '', ...rest]: Words): StickTable => {
  if (word !== 'type') throw unreadable('a stick table begins with its type')
  const known = { type: tableType.read(type) }
  if (rest[0] !== 'len') return { ...known, ...readParts(tableParts, rest) }
  return { ...known, length: tableLength.read(rest[1] ?? ''), ...readParts(tableParts, rest.slice(2)) }
}

const stickOn = choice('on', 'match', 'store-request', 'store-response')

export const stickWords = ({ on, sample, table, when: condition }: StickRule): Words => [
  stickOn.write(on),
  expression.write(sample),
  ...(table === undefined ? [] : ['table', name.write(table)]),
  ...conditionWords(condition),
]

export const readStick = ([on = '', sample = '', ...rest]: Words): StickRule => {
  const rule = { on: stickOn.read(on), sample: expression.read(sample) }
  if (rest[0] !== 'table') return { ...rule, ...when(rest) }
  return { ...rule, table: name.read(rest[1] ?? ''), ...when(rest.slice(2)) }
}
