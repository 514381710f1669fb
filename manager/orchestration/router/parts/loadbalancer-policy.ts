import type { RouterServices } from '@sysvm/router/spec'
import type { RuleRow } from './loadbalancer-rows.ts'

type Rule = NonNullable<RouterServices['loadbalancer']>['rules'][number]
type Stickiness = NonNullable<Rule['stickiness']>

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/** Whole seconds of haproxy's `30m`; a number alone is milliseconds. The API took nothing else. */
const secondsOf = (text: string): number => {
  const [, number = '', unit = 'ms'] = /^(\d+)(\D+)?$/.exec(text) ?? []
  return Math.max(1, Math.round(Number(number) * (SECONDS[unit] ?? 1)))
}

/** Entries of `200k`. */
const entriesOf = (text: string): number => {
  const factor = { k: 1024, m: 1024 ** 2 }[text.at(-1)?.toLowerCase() ?? ''] ?? 1
  return Number.parseInt(text, 10) * factor
}

/** Two rules of one name for clients must not share a cookie. */
const cookieOf = (rule: RuleRow): string => `LB-${rule.id.slice(0, 8)}`

const lbCookie = (rule: RuleRow, given: Readonly<Record<string, string>>): Stickiness => ({
  method: 'LbCookie',
  cookieName: given['cookie-name'] ?? cookieOf(rule),
  mode: (given.mode ?? 'insert') as 'insert' | 'rewrite' | 'prefix',
  nocache: given.nocache === 'true',
  indirect: given.indirect === 'true',
  postonly: given.postonly === 'true',
  httponly: given.httponly === 'true',
  secure: given.secure === 'true',
  domains: given.domain === undefined ? [] : [given.domain],
})

const appCookie = (rule: RuleRow, given: Readonly<Record<string, string>>): Stickiness => ({
  method: 'AppCookie',
  cookieName: given['cookie-name'] ?? cookieOf(rule),
  length: Number(given.length ?? 52),
  holdSeconds: secondsOf(given.holdtime ?? '3h'),
  requestLearn: given['request-learn'] === 'true',
  ...(given.mode !== undefined && { mode: given.mode as 'query-string' | 'path-parameters' }),
  tableSize: 100_000,
})

const source = (given: Readonly<Record<string, string>>): Stickiness => ({
  method: 'SourceBased',
  tableSize: entriesOf(given.tablesize ?? '200k'),
  expireSeconds: secondsOf(given.expire ?? '30m'),
})

/** A policy in the words of the router; defaults are CloudStack's. */
export const stickinessOf = (rule: RuleRow): Stickiness | undefined => {
  const given = rule.params ?? {}
  if (rule.method === 'LbCookie') return lbCookie(rule, given)
  if (rule.method === 'AppCookie') return appCookie(rule, given)
  return rule.method === 'SourceBased' ? source(given) : undefined
}

export const healthCheckOf = ({ check }: RuleRow): Rule['check'] =>
  check === null
    ? undefined
    : {
        kind: check.kind,
        intervalSeconds: check.interval,
        timeoutSeconds: check.timeout,
        healthyThreshold: check.healthy,
        unhealthyThreshold: check.unhealthy,
        path: check.path ?? '/',
        codes: check.codes ?? '200-399',
        ...(check.port === null ? {} : { port: check.port }),
      }
