import type { Backend, Cookie, Server, StickRule } from 'haproxy-config'
import { backendName, PEERS } from './names.ts'
import type { HealthCheck, Member, Rule, Stickiness } from './spec.ts'

/** What is checked where nothing is said. */
const DEFAULT_CHECK: HealthCheck = {
  kind: 'tcp',
  intervalSeconds: 2,
  timeoutSeconds: 2,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
  path: '/',
  codes: '200-399',
}

const isHttp = ({ protocol }: Rule): boolean => protocol === 'http' || protocol === 'ssl'

const serverOf = (rule: Rule, check: HealthCheck, member: Member): Server => ({
  name: member.id,
  address: `${member.address}:${member.port}`,
  weight: member.state === 'drain' ? 0 : member.weight,
  ...(member.state === 'maint' ? { disabled: true } : {}),
  ...(member.maxConnections === undefined ? {} : { maxconn: member.maxConnections }),
  ...(rule.stickiness?.method === 'LbCookie' ? { cookie: member.id } : {}),
  ...(rule.protocol === 'tcp-proxy' ? { sendProxyV2: true } : {}),
  ...(check.kind === 'none'
    ? {}
    : {
        check: true,
        ...(check.port === undefined ? {} : { checkPort: check.port }),
        ...(rule.protocol === 'tcp-proxy' ? { checkSendProxy: true } : {}),
        inter: check.intervalSeconds * 1000,
        rise: check.healthyThreshold,
        fall: check.unhealthyThreshold,
      }),
})

type OfMethod<M extends Stickiness['method']> = Extract<Stickiness, { method: M }>

const on = (word: keyof Cookie, is: boolean): Partial<Cookie> => (is ? { [word]: true } : {})

const cookieOf = (stickiness: OfMethod<'LbCookie'>): Cookie => ({
  name: stickiness.cookieName,
  mode: stickiness.mode,
  ...on('indirect', stickiness.indirect),
  ...on('nocache', stickiness.nocache),
  ...on('postonly', stickiness.postonly),
  ...on('httponly', stickiness.httponly),
  ...on('secure', stickiness.secure),
  ...(stickiness.domains.length === 0 ? {} : { domains: stickiness.domains }),
})

const urlArgs = ({ cookieName, mode }: OfMethod<'AppCookie'>): readonly string[] =>
  mode === 'path-parameters' ? [cookieName, ';'] : [cookieName]

/** What `appsession` was until haproxy 1.6: which member gave out a session's cookie. */
const appCookieSticks = (stickiness: OfMethod<'AppCookie'>): readonly StickRule[] => {
  const args = [stickiness.cookieName]
  return [
    { on: 'store-response', sample: { fetch: 'res.cook', args } },
    { on: 'match', sample: { fetch: 'req.cook', args } },
    ...(stickiness.mode === undefined
      ? []
      : [{ on: 'match', sample: { fetch: 'urlp', args: urlArgs(stickiness) } } as const]),
    ...(stickiness.requestLearn ? [{ on: 'store-request', sample: { fetch: 'req.cook', args } } as const] : []),
  ]
}

const stickinessOf = (stickiness: Stickiness | undefined): Partial<Backend> => {
  switch (stickiness?.method) {
    case 'LbCookie':
      return { cookie: cookieOf(stickiness) }
    case 'AppCookie':
      return {
        stickTable: {
          type: 'string',
          length: stickiness.length,
          size: stickiness.tableSize,
          expire: stickiness.holdSeconds * 1000,
          peers: PEERS,
        },
        sticks: appCookieSticks(stickiness),
      }
    case 'SourceBased':
      return {
        stickTable: {
          type: 'ip',
          size: stickiness.tableSize,
          expire: stickiness.expireSeconds * 1000,
          peers: PEERS,
        },
        sticks: [{ on: 'on', sample: { fetch: 'src' } }],
      }
    default:
      return {}
  }
}

const httpCheckOf = ({ kind, path, codes }: HealthCheck): Partial<Backend> =>
  kind === 'http'
    ? {
        options: ['httpchk'],
        httpCheckSend: { method: 'GET', uri: path, version: 'HTTP/1.0' },
        httpCheckExpect: { status: codes },
      }
    : {}

/** Who answers a rule's connections. Pure. */
export const backendOf = (rule: Rule): Backend => {
  const { check = DEFAULT_CHECK, timeouts = {}, algorithm } = rule
  const { connect, server, queue, tunnel, httpRequest, httpKeepAlive } = timeouts
  const given = { connect, server, queue, tunnel, ...(isHttp(rule) ? { httpRequest, httpKeepAlive } : {}) }
  const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return {
    name: backendName(rule),
    from: 'all',
    mode: isHttp(rule) ? 'http' : 'tcp',
    ...httpCheckOf(check),
    timeouts: { ...named, ...(check.kind === 'none' ? {} : { check: check.timeoutSeconds * 1000 }) },
    balance: algorithm,
    // Few clients move when members come and go, and they may while haproxy runs.
    ...(algorithm === 'source' ? { hashType: 'consistent' } : {}),
    ...stickinessOf(rule.stickiness),
    servers: rule.members.map((member) => serverOf(rule, check, member)),
  }
}
