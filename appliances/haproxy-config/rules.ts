/** What is taken from a connection or request: `{ fetch: 'req.cook', args: ['SESSION'] }` is `req.cook(SESSION)`. */
export interface Expression {
  readonly fetch: string
  /** Letters, digits and `_ . : / @ -`; nothing that could end the expression. */
  readonly args?: readonly string[]
  /** Applied one after another. */
  readonly converters?: readonly { readonly name: string; readonly args?: readonly string[] }[]
}

/** Literal text with values in between: `['https://', { fetch: 'req.hdr', args: ['host'] }]`. */
export type Format = readonly (string | Expression)[]

export type Match = 'found' | 'bool' | 'int' | 'ip' | 'str' | 'beg' | 'end' | 'sub' | 'dir' | 'dom' | 'len' | 'reg'

/** Compares a sample with values, or with those in a file. */
export interface Test {
  readonly sample: Expression
  readonly match?: Match
  readonly ignoreCase?: true
  readonly file?: string
  /** Any of these. A number of connections, say, is compared with `gt 10`: `['gt', '10']`. */
  readonly values?: readonly string[]
}

/** Named once, used in conditions; of several with one name any may match. */
export interface NamedAcl extends Test {
  readonly name: string
}

export type Term = ({ readonly acl: string } | Test) & { readonly not?: true }

/** Any of the lines, of which all terms hold. */
export type Condition =
  | { readonly if: readonly (readonly Term[])[] }
  | { readonly unless: readonly (readonly Term[])[] }

export interface TrackAction {
  readonly action: 'track'
  /** Which of the counters that a connection has. */
  readonly counter: 0 | 1 | 2
  readonly key: Expression
  /** Name of the proxy whose table it is; the own one unless told. */
  readonly table?: string
}

export type TcpRule = (
  | { readonly on: 'connection' | 'session' | 'content'; readonly action: 'accept' | 'reject' }
  | ({ readonly on: 'connection' | 'session' | 'content' } & TrackAction)
) & { readonly when?: Condition }

export type HttpRule = (
  | { readonly action: 'allow' }
  | { readonly action: 'deny'; readonly status?: number }
  | { readonly action: 'auth'; readonly realm?: string }
  | { readonly action: 'set-header' | 'add-header'; readonly header: string; readonly value: Format }
  | { readonly action: 'del-header'; readonly header: string }
  | { readonly action: 'redirect'; readonly scheme: string; readonly code?: 301 | 302 | 303 | 307 | 308 }
  | TrackAction
) & { readonly when?: Condition }

export interface UseBackend {
  readonly backend: string
  readonly when?: Condition
}

export type StickCounter =
  | 'gpc0'
  | 'gpt0'
  | 'conn_cnt'
  | 'conn_cur'
  | 'sess_cnt'
  | 'http_req_cnt'
  | 'http_err_cnt'
  | 'bytes_in_cnt'
  | 'bytes_out_cnt'
  | 'server_id'
  | {
      readonly counter:
        | 'conn_rate'
        | 'sess_rate'
        | 'http_req_rate'
        | 'http_err_rate'
        | 'bytes_in_rate'
        | 'bytes_out_rate'
        | 'gpc0_rate'
      readonly period: number
    }

export interface StickTable {
  readonly type: 'ip' | 'ipv6' | 'integer' | 'string' | 'binary'
  /** Longest key, for strings and binaries. */
  readonly length?: number
  /** Entries. */
  readonly size: number
  readonly expire?: number
  readonly nopurge?: true
  /** Name of the peers section that shares it. */
  readonly peers?: string
  readonly store?: readonly StickCounter[]
}

export interface StickRule {
  readonly on: 'on' | 'match' | 'store-request' | 'store-response'
  readonly sample: Expression
  readonly table?: string
  readonly when?: Condition
}
