import { address } from '../codec/address.ts'
import {
  choice,
  type Fields,
  file,
  flag,
  integer,
  lines,
  list,
  name,
  octal,
  token,
  unreadable,
  value,
} from '../codec/codec.ts'
import { type Parts, readParts, writeParts } from '../codec/options.ts'
import type { Global, Log, LogLevel, SslOption, StatsSocket } from '../model.ts'

const level = choice<LogLevel>('emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug')
const logFormat = choice('rfc3164', 'rfc5424', 'short', 'raw', 'timed', 'iso')

const readLog = ([target = '', ...words]: readonly string[]): Log => {
  const at = token.read(target)
  const formatted = words[0] === 'format'
  const [facility = '', limit, ...rest] = formatted ? words.slice(2) : words
  if (rest.length > 0) throw unreadable('too much stands in this line')
  return {
    target: at,
    ...(formatted ? { format: logFormat.read(words[1] ?? '') } : {}),
    facility: name.read(facility),
    ...(limit === undefined ? {} : { level: level.read(limit) }),
  }
}

const log = lines<Log>(
  'log',
  ({ target, format, facility, level: limit }) => [
    token.write(target),
    ...(format === undefined ? [] : ['format', logFormat.write(format)]),
    name.write(facility),
    ...(limit === undefined ? [] : [level.write(limit)]),
  ],
  readLog,
)

type SocketOptions = Omit<StatsSocket, 'address' | 'exposeListeners'>

const socketParts: Parts<SocketOptions> = {
  mode: { word: 'mode', scalar: octal },
  user: { word: 'user', scalar: name },
  group: { word: 'group', scalar: name },
  level: { word: 'level', scalar: choice('user', 'operator', 'admin') },
}

const EXPOSE = 'expose-fd listeners'

const sockets = lines<StatsSocket>(
  'stats socket',
  ({ address: at, exposeListeners, ...rest }) => [
    address.write(at),
    ...writeParts(socketParts, rest),
    ...(exposeListeners === true ? EXPOSE.split(' ') : []),
  ],
  ([at = '', ...words]) => {
    const exposes = words.slice(-2).join(' ') === EXPOSE
    const options = readParts(socketParts, exposes ? words.slice(0, -2) : words)
    return { address: address.read(at), ...options, ...(exposes ? { exposeListeners: true } : {}) }
  },
)

const sslOption = choice<SslOption>(
  'no-sslv3',
  'no-tlsv10',
  'no-tlsv11',
  'no-tlsv12',
  'no-tlsv13',
  'no-tls-tickets',
  'prefer-client-ciphers',
)

/** Configuration manual, 3 "Global section". */
export const globalFields: Fields<Global> = {
  defaultPath: value('default-path', choice('current', 'config', 'parent')),
  log,
  localpeer: value('localpeer', name),
  user: value('user', name),
  group: value('group', name),
  chroot: value('chroot', file),
  maxconn: value('maxconn', integer(1)),
  nbthread: value('nbthread', integer(1, 4096)),
  ulimitN: value('ulimit-n', integer(1)),
  noStrictLimits: flag('no strict-limits'),
  hardStopAfter: value('hard-stop-after', integer(1)),
  closeSpreadTime: value('close-spread-time', integer(1)),
  mworkerMaxReloads: value('mworker-max-reloads', integer(0)),
  serverStateFile: value('server-state-file', file),
  statsSockets: sockets,
  statsTimeout: value('stats timeout', integer(1)),
  sslDefaultBindCiphers: value('ssl-default-bind-ciphers', token),
  sslDefaultBindCiphersuites: value('ssl-default-bind-ciphersuites', token),
  sslDefaultBindCurves: value('ssl-default-bind-curves', token),
  sslDefaultBindOptions: list('ssl-default-bind-options', sslOption),
  sslDhParamBits: value('tune.ssl.default-dh-param', integer(1024, 8192)),
  bufferSize: value('tune.bufsize', integer(1024)),
  sslCacheSize: value('tune.ssl.cachesize', integer(0)),
}
