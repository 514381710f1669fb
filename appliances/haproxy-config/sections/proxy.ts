import {
  choice,
  type Fields,
  integer,
  line,
  lines,
  name,
  pattern,
  text,
  unreadable,
  value,
  type Words,
} from '../codec/codec.ts'
import { expression } from '../codec/expression.ts'
import { type Parts, readParts, record, writeParts } from '../codec/options.ts'
import {
  aclWords,
  httpRuleWords,
  readAcl,
  readHttpRule,
  readStick,
  readStickTable,
  readTcpRule,
  readUseBackend,
  stickTableWords,
  stickWords,
  tcpRuleWords,
  useBackendWords,
} from '../codec/rules.ts'
import type {
  Backend,
  Balance,
  Cookie,
  Defaults,
  Frontend,
  HttpCheckExpect,
  HttpCheckSend,
  Option,
  ProxySection,
  ServerOptions,
  Stats,
  Timeouts,
} from '../model.ts'
import { binds } from './bind.ts'
import { serverParts, servers } from './server.ts'

const ms = integer(1)
const timeouts: Parts<Timeouts> = {
  connect: { word: 'connect', scalar: ms },
  client: { word: 'client', scalar: ms },
  server: { word: 'server', scalar: ms },
  queue: { word: 'queue', scalar: ms },
  check: { word: 'check', scalar: ms },
  tunnel: { word: 'tunnel', scalar: ms },
  clientFin: { word: 'client-fin', scalar: ms },
  serverFin: { word: 'server-fin', scalar: ms },
  httpRequest: { word: 'http-request', scalar: ms },
  httpKeepAlive: { word: 'http-keep-alive', scalar: ms },
  tarpit: { word: 'tarpit', scalar: ms },
}

type Word = Exclude<Option, `${string} ${string}`>

const option = choice<Word>(
  'abortonclose',
  'clitcpka',
  'dontlog-normal',
  'dontlognull',
  'forwardfor',
  'http-keep-alive',
  'http-server-close',
  'httpchk',
  'httpclose',
  'httplog',
  'idle-close-on-response',
  'log-health-checks',
  'redispatch',
  'splice-auto',
  'srvtcpka',
  'tcp-check',
  'tcp-smart-accept',
  'tcp-smart-connect',
  'tcpka',
  'tcplog',
)

const redispatch = integer(1)

const optionWords = (one: Option): Words => {
  const [, every] = /^redispatch (\S+)$/.exec(one) ?? []
  return every === undefined ? [option.write(one as Word)] : ['redispatch', redispatch.write(Number(every))]
}

const readOption = ([word = '', value, ...rest]: Words): Option => {
  if (value === undefined) return option.read(word)
  if (word !== 'redispatch' || rest.length > 0)
    throw unreadable('options with values are not among what this library reads, but redispatch')
  return `redispatch ${redispatch.read(value)}`
}

type Common = Omit<ProxySection, 'name' | 'from'>

/** What every proxy section begins with. */
const common: Fields<Common> = {
  mode: value('mode', choice('tcp', 'http')),
  log: value('log', choice('global')),
  options: lines('option', optionWords, readOption),
  timeouts: record('timeout', timeouts),
}

const serverState = value('load-server-state-from-file', choice('global', 'local', 'none'))

export const defaultsFields: Fields<Omit<Defaults, 'name' | 'from'>> = {
  ...common,
  maxconn: value('maxconn', integer(1)),
  retries: value('retries', integer(0)),
  loadServerState: serverState,
}

const path = pattern('a path', /^\/[A-Za-z0-9._~!&()*+,;=:@/?%-]*$/)

const stats = record<Stats>('stats', {
  uri: { word: 'uri', scalar: path },
  refresh: {
    word: 'refresh',
    scalar: { write: (s) => `${integer(1).write(s)}s`, read: (word) => integer(1).read(word.replace(/s$/, '')) },
  },
  hideVersion: { word: 'hide-version' },
  showLegends: { word: 'show-legends' },
})

const stickTable = line('stick-table', stickTableWords, readStickTable)
const acls = lines('acl', aclWords, readAcl)
const httpRequests = lines('http-request', httpRuleWords, readHttpRule)
const httpResponses = lines('http-response', httpRuleWords, readHttpRule)

export const frontendFields: Fields<Omit<Frontend, 'name' | 'from'>> = {
  description: value('description', text),
  ...common,
  maxconn: value('maxconn', integer(1)),
  binds,
  stickTable,
  acls,
  tcpInspectDelay: value('tcp-request inspect-delay', ms),
  tcpRequests: lines('tcp-request', tcpRuleWords, readTcpRule),
  httpRequests,
  httpResponses,
  stats,
  useBackends: lines('use_backend', useBackendWords, readUseBackend),
  defaultBackend: value('default_backend', name),
}

const algorithm = choice('roundrobin', 'static-rr', 'leastconn', 'first', 'source', 'uri', 'random')
const header = pattern('a header', /^[A-Za-z0-9_-]{1,255}$/)

const balance = line<Balance>(
  'balance',
  (given) => {
    if (typeof given === 'string') return [algorithm.write(given)]
    return 'header' in given ? [`hdr(${header.write(given.header)})`] : ['hash', expression.write(given.hash)]
  },
  ([word = '', sample, ...rest]) => {
    if (rest.length > 0) throw unreadable('too much stands in this line')
    if (word === 'hash') return { hash: expression.read(sample ?? '') }
    const match = /^hdr\((.+)\)$/.exec(word)
    return match === null ? algorithm.read(word) : { header: header.read(match[1] ?? '') }
  },
)

const domain = pattern('a domain', /^\.?[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/)
type CookieFlags = Omit<Cookie, 'name' | 'mode' | 'domains'>
const cookieFlags: Parts<CookieFlags> = {
  indirect: { word: 'indirect' },
  nocache: { word: 'nocache' },
  postonly: { word: 'postonly' },
  preserve: { word: 'preserve' },
  httponly: { word: 'httponly' },
  secure: { word: 'secure' },
  maxidle: { word: 'maxidle', scalar: integer(1) },
  maxlife: { word: 'maxlife', scalar: integer(1) },
}
const cookieName = pattern('a cookie', /^[A-Za-z0-9_.-]{1,255}$/)
const cookieMode = choice('insert', 'rewrite', 'prefix')

const cookie = line<Cookie>(
  'cookie',
  ({ name: own, mode, domains = [], ...flags }) => [
    cookieName.write(own),
    cookieMode.write(mode),
    ...writeParts(cookieFlags, flags),
    ...domains.flatMap((entry) => ['domain', domain.write(entry)]),
  ],
  ([own = '', mode = '', ...words]) => {
    const at = words.indexOf('domain')
    const named = at === -1 ? [] : words.slice(at)
    if (named.some((word, index) => index % 2 === 0 && word !== 'domain')) throw unreadable('domains come last')
    return {
      name: cookieName.read(own),
      mode: cookieMode.read(mode),
      ...readParts(cookieFlags, at === -1 ? words : words.slice(0, at)),
      ...(at === -1 ? {} : { domains: named.filter((_, index) => index % 2 === 1).map(domain.read) }),
    }
  },
)

const sendParts: Parts<Omit<HttpCheckSend, 'headers'>> = {
  method: { word: 'meth', scalar: pattern('a method', /^[A-Z]{1,20}$/) },
  uri: { word: 'uri', scalar: path },
  version: { word: 'ver', scalar: pattern('a version', /^HTTP\/\d(\.\d)?$/) },
}
const checkHeader = pattern('a header', /^[A-Za-z0-9_-]{1,255}$/)
/** The value is a format, in which `%` has a meaning. */
const checkValue = pattern('a value', /^[^%\p{C}]+$/u)

const httpCheckSend = line<HttpCheckSend>(
  'http-check send',
  ({ headers = [], ...rest }) => [
    ...writeParts(sendParts, rest),
    ...headers.flatMap(({ name: own, value: given }) => ['hdr', checkHeader.write(own), checkValue.write(given)]),
  ],
  (words) => {
    const at = words.indexOf('hdr')
    const rest = at === -1 ? [] : words.slice(at)
    const headers = Array.from({ length: Math.ceil(rest.length / 3) }, (_, index) => {
      const [word, own = '', given = ''] = rest.slice(index * 3)
      if (word !== 'hdr') throw unreadable('headers come last')
      return { name: checkHeader.read(own), value: checkValue.read(given) }
    })
    return { ...readParts(sendParts, at === -1 ? words : words.slice(0, at)), ...(at === -1 ? {} : { headers }) }
  },
)

const codes = pattern('status codes', /^[1-5]\d\d(-[1-5]\d\d)?(,[1-5]\d\d(-[1-5]\d\d)?)*$/)

const httpCheckExpect = line<HttpCheckExpect>(
  'http-check expect',
  ({ not, status }) => [...(not === true ? ['!'] : []), 'status', codes.write(status)],
  (words) => {
    const not = words[0] === '!'
    const [word, status = '', ...rest] = not ? words.slice(1) : words
    if (word !== 'status' || rest.length > 0) throw unreadable('only a status is among what this library reads')
    return { ...(not ? { not: true } : {}), status: codes.read(status) }
  },
)

export const backendFields: Fields<Omit<Backend, 'name' | 'from'>> = {
  description: value('description', text),
  ...common,
  balance,
  hashType: value('hash-type', choice('map-based', 'consistent')),
  fullconn: value('fullconn', integer(1)),
  retries: value('retries', integer(0)),
  loadServerState: serverState,
  cookie,
  acls,
  stickTable,
  sticks: lines('stick', stickWords, readStick),
  httpRequests,
  httpResponses,
  httpCheckSend,
  httpCheckExpect,
  defaultServer: line<ServerOptions>(
    'default-server',
    (options) => writeParts(serverParts, options),
    (words) => readParts(serverParts, words),
  ),
  servers,
}
