import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { Certificate, Configuration, CrtList, Global, Whole } from 'haproxy-config'
import { backendOf } from './backend.ts'
import { frontendOf, statisticsFrontend } from './frontend.ts'
import { ADMIN_SOCKET, certificatePath, listPath, STATE_FILE, STATISTICS } from './names.ts'
import { peersOf } from './pairing.ts'
import type { LoadBalancerSpec, Rule } from './spec.ts'

/** Connections that a reload leaves to the old process end with it after this time. */
const OLD_PROCESS_MS = 3_600_000
/** Reloads that an old process outlives; each that waits for its connections takes some 10 MB. */
const OLD_PROCESSES = 10

const globalOf = (maxconn: number, localpeer: string): Global => ({
  defaultPath: 'config',
  log: [{ target: 'stdout', format: 'raw', facility: 'daemon', level: 'notice' }],
  localpeer,
  maxconn,
  noStrictLimits: true,
  hardStopAfter: OLD_PROCESS_MS,
  mworkerMaxReloads: OLD_PROCESSES,
  serverStateFile: STATE_FILE,
  statsSockets: [{ address: `unix@${ADMIN_SOCKET}`, mode: 0o600, level: 'admin', exposeListeners: true }],
  statsTimeout: 60_000,
  // Mozilla's intermediate recommendation, 5.7.
  sslDefaultBindCiphers: [
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  sslDefaultBindCiphersuites: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
  sslDefaultBindOptions: ['no-tls-tickets'],
})

/** Rules that haproxy serves; UDP is netfilter's. */
export const proxied = ({ rules }: LoadBalancerSpec): readonly Rule[] =>
  rules.filter(({ protocol }) => protocol !== 'udp')

/** Whether haproxy has anything to do. */
export const wantsHaproxy = (spec: LoadBalancerSpec): boolean =>
  proxied(spec).length > 0 || spec.statistics !== undefined

/** What haproxy runs with, but for the users of the statistics page; without `whole` as if the router were alone. Pure. */
export const configurationOf = (spec: LoadBalancerSpec, whole?: SpecEnvelope): Configuration => {
  const rules = proxied(spec)
  const { local, ...peers } = peersOf(whole)
  return {
    global: globalOf(spec.maxConnections, local),
    peers: [peers],
    defaults: [
      {
        name: 'all',
        log: 'global',
        // A member that vanished costs a client one wait for a connection, not one for each retry.
        options: ['dontlognull', 'redispatch 1'],
        timeouts: {
          connect: 5000,
          client: 50_000,
          server: 50_000,
          queue: 30_000,
          check: 2000,
          tunnel: 3_600_000,
          clientFin: 30_000,
          httpRequest: 10_000,
          httpKeepAlive: 10_000,
        },
        retries: 3,
        loadServerState: 'global',
      },
    ],
    frontends: [
      ...rules.map(frontendOf),
      ...(spec.statistics === undefined ? [] : [statisticsFrontend(spec.statistics)]),
    ],
    backends: rules.map(backendOf),
  }
}

/** Who may see the statistics page. */
export const usersOf = ({ statistics }: LoadBalancerSpec): Configuration =>
  statistics === undefined
    ? {}
    : { userlists: [{ name: STATISTICS, users: [{ name: statistics.user, password: statistics.password }] }] }

const ended = (pem: string): string => (pem.endsWith('\n') ? pem : `${pem}\n`)

/** Certificates that some listener shows, and each listener's list of them. */
export const filesOf = (spec: LoadBalancerSpec): readonly (Certificate | CrtList)[] => {
  const rules = proxied(spec).filter(({ protocol }) => protocol === 'ssl')
  const used = new Set(rules.flatMap(({ certificates }) => certificates))
  return [
    ...spec.certificates
      .filter(({ id }) => used.has(id))
      .map(({ id, chain, key }) => ({
        kind: 'certificate' as const,
        path: certificatePath(id),
        pem: ended(chain) + ended(key),
      })),
    ...rules.map((rule) => ({
      kind: 'crt-list' as const,
      path: listPath(rule),
      entries: rule.certificates.map((id) => ({ certificate: certificatePath(id) })),
    })),
  ]
}

/** All that decides whether haproxy can be told or must be replaced, but for its peers. */
export const wholeOf = (spec: LoadBalancerSpec): Whole => ({
  configuration: { ...configurationOf(spec), ...usersOf(spec) },
  files: filesOf(spec),
})
