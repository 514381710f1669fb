import type { Condition, Expression, HttpRule, NamedAcl, StickRule, StickTable, TcpRule, UseBackend } from './rules.ts'

export type * from './rules.ts'

/** A whole configuration; sections are written in this order. Times are milliseconds, sizes bytes, unless told. */
export interface Configuration {
  readonly global?: Global
  readonly userlists?: readonly Userlist[]
  readonly peers?: readonly Peers[]
  readonly defaults?: readonly Defaults[]
  readonly frontends?: readonly Frontend[]
  readonly backends?: readonly Backend[]
}

/** `host:port` (IPv6 in brackets), `*:port`, `unix@/path` or `abns@name`. */
export type Address = string

export type Mode = 'tcp' | 'http'
export type LogLevel = 'emerg' | 'alert' | 'crit' | 'err' | 'warning' | 'notice' | 'info' | 'debug'

export interface Global {
  /** Where relative paths begin; `config`: the folder of the file they stand in. */
  readonly defaultPath?: 'current' | 'config' | 'parent'
  readonly log?: readonly Log[]
  readonly localpeer?: string
  readonly maxconn?: number
  readonly nbthread?: number
  readonly ulimitN?: number
  /** Run with fewer file descriptors than wanted, where the machine has no more, instead of not at all. */
  readonly noStrictLimits?: true
  readonly user?: string
  readonly group?: string
  readonly chroot?: string
  readonly hardStopAfter?: number
  /** Spreads what a soft stop ends over this time. */
  readonly closeSpreadTime?: number
  readonly mworkerMaxReloads?: number
  readonly serverStateFile?: string
  readonly statsSockets?: readonly StatsSocket[]
  readonly statsTimeout?: number
  readonly sslDefaultBindCiphers?: string
  readonly sslDefaultBindCiphersuites?: string
  readonly sslDefaultBindCurves?: string
  readonly sslDefaultBindOptions?: readonly SslOption[]
  readonly sslDhParamBits?: number
  readonly bufferSize?: number
  readonly sslCacheSize?: number
}

export type SslOption =
  | 'no-sslv3'
  | 'no-tlsv10'
  | 'no-tlsv11'
  | 'no-tlsv12'
  | 'no-tlsv13'
  | 'no-tls-tickets'
  | 'prefer-client-ciphers'

export interface Log {
  /** `stdout`, `stderr`, a socket's path or `address:port`. */
  readonly target: string
  readonly format?: 'rfc3164' | 'rfc5424' | 'short' | 'raw' | 'timed' | 'iso'
  readonly facility: string
  readonly level?: LogLevel
}

export interface StatsSocket {
  readonly address: Address
  /** Permission bits, 0o600 for example. */
  readonly mode?: number
  readonly user?: string
  readonly group?: string
  readonly level?: 'user' | 'operator' | 'admin'
  /** Hands listening sockets to the process that takes over, so that a reload refuses nobody. */
  readonly exposeListeners?: true
}

export interface Userlist {
  readonly name: string
  readonly users: readonly User[]
}

export interface User {
  readonly name: string
  readonly password: string
  /** Whether the password is a crypt(3) hash. */
  readonly hashed?: true
}

export interface Peers {
  readonly name: string
  readonly peers: readonly { readonly name: string; readonly address: Address }[]
}

export interface Timeouts {
  readonly connect?: number
  readonly client?: number
  readonly server?: number
  readonly queue?: number
  readonly check?: number
  readonly tunnel?: number
  readonly clientFin?: number
  readonly serverFin?: number
  readonly httpRequest?: number
  readonly httpKeepAlive?: number
  readonly tarpit?: number
}

/** `option WORD`. */
export type Option =
  | 'abortonclose'
  | 'clitcpka'
  | 'dontlog-normal'
  | 'dontlognull'
  | 'forwardfor'
  | 'http-keep-alive'
  | 'http-server-close'
  | 'httpchk'
  | 'httpclose'
  | 'httplog'
  | 'idle-close-on-response'
  | 'log-health-checks'
  | 'redispatch'
  /** At every n-th retry another server is asked; without a number at the last one only. */
  | `redispatch ${number}`
  | 'splice-auto'
  | 'srvtcpka'
  | 'tcp-check'
  | 'tcp-smart-accept'
  | 'tcp-smart-connect'
  | 'tcpka'
  | 'tcplog'

/** What defaults, frontends and backends have in common. */
export interface ProxySection {
  readonly name: string
  /** Name of the defaults section it builds on. */
  readonly from?: string
  readonly mode?: Mode
  /** `log global`: as the global section says. */
  readonly log?: 'global'
  readonly options?: readonly Option[]
  readonly timeouts?: Timeouts
}

export interface Defaults extends ProxySection {
  readonly maxconn?: number
  readonly retries?: number
  readonly loadServerState?: 'global' | 'local' | 'none'
}

export interface Frontend extends ProxySection {
  readonly description?: string
  readonly maxconn?: number
  readonly binds?: readonly Bind[]
  readonly stickTable?: StickTable
  readonly acls?: readonly NamedAcl[]
  readonly tcpInspectDelay?: number
  readonly tcpRequests?: readonly TcpRule[]
  readonly httpRequests?: readonly HttpRule[]
  readonly httpResponses?: readonly HttpRule[]
  readonly stats?: Stats
  readonly useBackends?: readonly UseBackend[]
  readonly defaultBackend?: string
}

/** The statistics page. */
export interface Stats {
  readonly uri: string
  /** Seconds. */
  readonly refresh?: number
  readonly hideVersion?: true
  readonly showLegends?: true
}

export interface Bind {
  readonly address: Address
  readonly name?: string
  readonly interface?: string
  readonly transparent?: true
  readonly acceptProxy?: true
  readonly maxconn?: number
  readonly backlog?: number
  readonly v6only?: true
  readonly ssl?: true
  readonly crt?: string
  readonly crtList?: string
  readonly alpn?: readonly string[]
  readonly strictSni?: true
  readonly sslMinVer?: TlsVersion
  readonly sslMaxVer?: TlsVersion
  readonly ciphers?: string
  readonly ciphersuites?: string
}

export type TlsVersion = 'TLSv1.0' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

export type Balance =
  | 'roundrobin'
  | 'static-rr'
  | 'leastconn'
  | 'first'
  | 'source'
  | 'uri'
  | 'random'
  | { readonly header: string }
  | { readonly hash: Expression }

export interface Backend extends ProxySection {
  readonly description?: string
  readonly fullconn?: number
  readonly retries?: number
  readonly balance?: Balance
  /** `consistent` moves few clients when servers come and go, and lets them come and go at run time. */
  readonly hashType?: 'map-based' | 'consistent'
  readonly cookie?: Cookie
  readonly stickTable?: StickTable
  readonly sticks?: readonly StickRule[]
  readonly acls?: readonly NamedAcl[]
  readonly httpRequests?: readonly HttpRule[]
  readonly httpResponses?: readonly HttpRule[]
  readonly httpCheckSend?: HttpCheckSend
  readonly httpCheckExpect?: HttpCheckExpect
  readonly loadServerState?: 'global' | 'local' | 'none'
  readonly defaultServer?: ServerOptions
  readonly servers?: readonly Server[]
}

export interface Cookie {
  readonly name: string
  readonly mode: 'insert' | 'rewrite' | 'prefix'
  readonly indirect?: true
  readonly nocache?: true
  readonly postonly?: true
  readonly preserve?: true
  readonly httponly?: true
  readonly secure?: true
  readonly domains?: readonly string[]
  /** Seconds. */
  readonly maxidle?: number
  /** Seconds. */
  readonly maxlife?: number
}

export interface HttpCheckSend {
  readonly method?: string
  readonly uri?: string
  readonly version?: string
  readonly headers?: readonly { readonly name: string; readonly value: string }[]
}

export interface HttpCheckExpect {
  readonly not?: true
  /** `200` or `200-399,401`. */
  readonly status: string
}

export interface ServerOptions {
  readonly check?: true
  readonly checkPort?: number
  readonly inter?: number
  readonly fastinter?: number
  readonly downinter?: number
  readonly rise?: number
  readonly fall?: number
  readonly weight?: number
  readonly maxconn?: number
  readonly maxqueue?: number
  readonly cookie?: string
  readonly backup?: true
  /** In maintenance until somebody enables it. */
  readonly disabled?: true
  readonly sendProxy?: true
  readonly sendProxyV2?: true
  readonly checkSendProxy?: true
  readonly ssl?: true
  readonly verify?: 'none' | 'required'
  readonly caFile?: string
  readonly sni?: Expression
  readonly slowstart?: number
  readonly onMarkedDown?: 'shutdown-sessions'
  readonly onError?: 'fastinter' | 'fail-check' | 'sudden-death' | 'mark-down'
  readonly observe?: 'layer4' | 'layer7'
  readonly errorLimit?: number
  readonly source?: string
}

export interface Server extends ServerOptions {
  readonly name: string
  readonly address: Address
}

export type { Condition, Expression }
