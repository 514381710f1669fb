import type { Condition, Frontend, HttpRule, StickTable, TcpRule } from 'haproxy-config'
import { backendName, frontendName, listPath, STATISTICS } from './names.ts'
import type { Limits, Rule, Statistics } from './spec.ts'

/** Client addresses that are remembered for limits; the oldest make room. */
const REMEMBERED = 100_000

const above = (fetch: string, count: number): Condition => ({
  if: [[{ sample: { fetch, args: ['0'] }, match: 'int', values: ['gt', String(count)] }]],
})

const tableOf = ({ connectionsPerSource, connectionRate, requestRate }: Limits): StickTable | undefined => {
  const seconds = [connectionRate?.seconds, requestRate?.seconds].filter((value) => value !== undefined)
  const store: StickTable['store'] = [
    ...(connectionsPerSource === undefined ? [] : (['conn_cur'] as const)),
    ...(connectionRate === undefined ? [] : [{ counter: 'conn_rate', period: connectionRate.seconds * 1000 } as const]),
    ...(requestRate === undefined ? [] : [{ counter: 'http_req_rate', period: requestRate.seconds * 1000 } as const]),
  ]
  if (store.length === 0) return undefined
  // Counts of open connections are the process's own, so no peer learns this table.
  return { type: 'ip', size: REMEMBERED, expire: Math.max(60, ...seconds) * 1000, store }
}

const tcpLimits = (limits: Limits): readonly TcpRule[] => {
  const { connectionsPerSource, connectionRate } = limits
  const reject = (when: Condition): TcpRule => ({ on: 'connection', action: 'reject', when })
  return [
    ...(tableOf(limits) === undefined
      ? []
      : [{ on: 'connection', action: 'track', counter: 0, key: { fetch: 'src' } } as const]),
    ...(connectionsPerSource === undefined ? [] : [reject(above('sc_conn_cur', connectionsPerSource))]),
    ...(connectionRate === undefined ? [] : [reject(above('sc_conn_rate', connectionRate.count))]),
  ]
}

const httpRules = (rule: Rule, { requestRate }: Limits): readonly HttpRule[] => [
  ...(requestRate === undefined
    ? []
    : [{ action: 'deny', status: 429, when: above('sc_http_req_rate', requestRate.count) } as const]),
  { action: 'set-header', header: 'X-Forwarded-Proto', value: [rule.protocol === 'ssl' ? 'https' : 'http'] },
]

/** Where a rule listens, and what it lets through. Pure. */
export const frontendOf = (rule: Rule): Frontend => {
  const { limits = {}, timeouts = {} } = rule
  const http = rule.protocol === 'http' || rule.protocol === 'ssl'
  const { client, httpRequest, httpKeepAlive } = timeouts
  const named = Object.entries({ client, ...(http ? { httpRequest, httpKeepAlive } : {}) })
  const given = Object.fromEntries(named.filter(([, value]) => value !== undefined))
  const table = tableOf(limits)
  const tcp = tcpLimits(limits)
  return {
    name: frontendName(rule),
    from: 'all',
    mode: http ? 'http' : 'tcp',
    // A kept connection is not closed under a client that just sends its next request.
    ...(http ? { options: ['forwardfor', 'idle-close-on-response'] as const } : {}),
    ...(Object.keys(given).length === 0 ? {} : { timeouts: given }),
    ...(limits.maxConnections === undefined ? {} : { maxconn: limits.maxConnections }),
    binds: [
      {
        address: `${rule.address}:${rule.port}`,
        ...(rule.protocol === 'ssl'
          ? { ssl: true, crtList: listPath(rule), alpn: ['h2', 'http/1.1'], sslMinVer: 'TLSv1.2' as const }
          : {}),
      },
    ],
    ...(table === undefined ? {} : { stickTable: table }),
    ...(tcp.length === 0 ? {} : { tcpRequests: tcp }),
    ...(http ? { httpRequests: httpRules(rule, limits) } : {}),
    defaultBackend: backendName(rule),
  }
}

/** The statistics page; its users are in a section of their own. */
export const statisticsFrontend = ({ address, port, path }: Statistics): Frontend => ({
  name: STATISTICS,
  from: 'all',
  mode: 'http',
  binds: [{ address: `${address}:${port}` }],
  httpRequests: [
    {
      action: 'auth',
      realm: 'statistics',
      when: { unless: [[{ sample: { fetch: 'http_auth', args: [STATISTICS] } }]] },
    },
  ],
  stats: { uri: path, refresh: 5, hideVersion: true },
})
