import { HAProxyConfigError } from './errors.ts'
import type { Condition, Configuration, Term, UseBackend } from './model.ts'

interface Named {
  readonly name: string
}

const NAME = /^[A-Za-z0-9_.:-]{1,255}$/

const unique = (kind: string, items: readonly Named[] = []): ReadonlySet<string> => {
  const seen = new Set<string>()
  for (const { name } of items) {
    if (!NAME.test(name))
      throw new HAProxyConfigError('HAPROXY_NAME', `A ${kind} cannot be named ${JSON.stringify(name)}`)
    if (seen.has(name)) throw new HAProxyConfigError('HAPROXY_DUPLICATE', `There are two of the ${kind} ${name}`)
    seen.add(name)
  }
  return seen
}

const wants = (kind: string, known: ReadonlySet<string>, name: string | undefined, where: string): void => {
  if (name === undefined || known.has(name)) return
  throw new HAProxyConfigError(
    'HAPROXY_REFERENCE',
    `${where} names the ${kind} ${JSON.stringify(name)}, which is not there`,
  )
}

const termsOf = (condition: Condition | undefined): readonly Term[] =>
  condition === undefined ? [] : ('if' in condition ? condition.if : condition.unless).flat()

interface Conditional {
  readonly when?: Condition
}

const checkAcls = (where: string, acls: readonly Named[] = [], rules: readonly Conditional[]): void => {
  const known = new Set(acls.map(({ name }) => name))
  for (const term of rules.flatMap(({ when }) => termsOf(when))) if ('acl' in term) wants('ACL', known, term.acl, where)
}

/** Every name is there once, and what is named is there; throws HAPROXY_NAME, HAPROXY_DUPLICATE, HAPROXY_REFERENCE. */
export const checkReferences = (configuration: Configuration): void => {
  const { defaults = [], frontends = [], backends = [], peers = [] } = configuration
  unique('userlist', configuration.userlists)
  for (const { users } of configuration.userlists ?? []) unique('user', users)
  const peerSections = unique('peers section', peers)
  const defaultSections = unique('defaults section', defaults)
  const backendNames = unique('backend', backends)
  unique('frontend', frontends)
  for (const { name, from } of [...defaults, ...frontends, ...backends])
    wants('defaults section', defaultSections, from, name)
  const proxies = new Set([...frontends, ...backends].map(({ name }) => name))
  for (const { name, stickTable } of [...frontends, ...backends])
    wants('peers section', peerSections, stickTable?.peers, name)
  for (const frontend of frontends) {
    const { name, useBackends = [], tcpRequests = [], httpRequests = [], httpResponses = [] } = frontend
    for (const backend of [frontend.defaultBackend, ...useBackends.map((use: UseBackend) => use.backend)])
      wants('backend', backendNames, backend, name)
    for (const rule of [...tcpRequests, ...httpRequests])
      if (rule.action === 'track') wants('table', proxies, rule.table, name)
    checkAcls(name, frontend.acls, [...useBackends, ...tcpRequests, ...httpRequests, ...httpResponses])
  }
  for (const { name, servers, sticks = [], acls, httpRequests = [], httpResponses = [] } of backends) {
    unique(`server of ${name}`, servers)
    for (const { table } of sticks) wants('table', proxies, table, name)
    checkAcls(name, acls, [...sticks, ...httpRequests, ...httpResponses])
  }
}
