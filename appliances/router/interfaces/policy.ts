import type { Policy, Route } from './live.ts'
import type { InterfacesSpec } from './spec.ts'
import { type Uplink, uplinksOf } from './uplinks.ts'

/** What `ip -json -4 rule show` tells of a rule of the routing policy (ip-rule(8)). */
export interface PolicyRule {
  readonly priority: number
  readonly src: string
  readonly srclen?: number
  readonly dst?: string
  readonly dstlen?: number
  readonly fwmark?: string
  readonly iif?: string
  readonly table?: string
  readonly suppress_prefixlen?: number
}

/** Preferences of the rules that are ours, ahead of the kernel's own 32766; others' are left alone. */
const BETWEEN = 1000
const MAIN = 1001
const OUT = 1002

/**
 * What belongs to an uplink leaves by it: towards the networks of the other uplinks too, which main reaches directly,
 * and elsewhere unless main knows better than its default route. `iif lo` is what the router itself sends from an
 * address, since only what it forwards has a mark.
 */
const rulesOf = (uplinks: readonly Uplink[]): readonly string[] => {
  const foreign = (uplink: Uplink): readonly string[] =>
    uplinks
      .filter((other) => other !== uplink)
      .flatMap(({ networks }) => networks)
      .filter((network) => !uplink.networks.includes(network))
  return [
    ...uplinks.flatMap((uplink) =>
      foreign(uplink).flatMap((to) => [
        `pref ${BETWEEN} to ${to} fwmark ${uplink.mark} lookup ${uplink.mark}`,
        ...uplink.networks.map((from) => `pref ${BETWEEN} from ${from} to ${to} iif lo lookup ${uplink.mark}`),
      ]),
    ),
    `pref ${MAIN} lookup main suppress_prefixlength 0`,
    ...uplinks.flatMap(({ networks, mark }) => [
      `pref ${OUT} fwmark ${mark} lookup ${mark}`,
      ...networks.map((from) => `pref ${OUT} from ${from} iif lo lookup ${mark}`),
    ]),
  ]
}

/** The routing policy of a spec; empty with fewer than two uplinks. */
export const policyOf = (spec: InterfacesSpec): Policy => {
  const uplinks = uplinksOf(spec)
  if (uplinks.length === 0) return { rules: [], tables: new Map() }
  return {
    rules: rulesOf(uplinks),
    tables: new Map(uplinks.map(({ mark, gateway, device }) => [`${mark}`, `via ${gateway} dev ${device}`])),
  }
}

const ruleText = (rule: PolicyRule): string =>
  [
    `pref ${rule.priority}`,
    ...(rule.src === 'all' ? [] : [`from ${rule.src}/${rule.srclen ?? 32}`]),
    ...(rule.dst === undefined ? [] : [`to ${rule.dst}/${rule.dstlen ?? 32}`]),
    ...(rule.fwmark === undefined ? [] : [`fwmark ${Number(rule.fwmark)}`]),
    ...(rule.iif === undefined ? [] : [`iif ${rule.iif}`]),
    `lookup ${rule.table}`,
    ...(rule.suppress_prefixlen === undefined ? [] : [`suppress_prefixlength ${rule.suppress_prefixlen}`]),
  ].join(' ')

/** The kernel's policy in the words of `policyOf`: rules in our preferences, and default routes in tables of uplinks. */
export const livePolicy = (rules: readonly PolicyRule[], defaults: readonly Route[]): Policy => ({
  rules: rules.filter(({ priority }) => priority >= BETWEEN && priority <= OUT).map(ruleText),
  tables: new Map(
    defaults
      // Routing daemons write a protocol; tables below 256 are the kernel's and those of other services.
      .filter(({ table, protocol }) => Number(table) > 255 && protocol === undefined)
      .map(({ table, gateway, dev }) => [`${table}`, `via ${gateway} dev ${dev}`]),
  ),
})

/** Lines for `ip -batch` that lead from one policy to another. `lost`: routes went with an address. Pure. */
export const policyCommands = (wanted: Policy, live: Policy, lost: boolean): readonly string[] => [
  ...live.rules.filter((rule) => !wanted.rules.includes(rule)).map((rule) => `rule del ${rule}`),
  ...[...live.tables.keys()]
    .filter((table) => !wanted.tables.has(table))
    .map((table) => `route del default table ${table}`),
  ...[...wanted.tables]
    .filter(([table, route]) => lost || live.tables.get(table) !== route)
    .map(([table, route]) => `route replace default ${route} table ${table}`),
  ...wanted.rules.filter((rule) => !live.rules.includes(rule)).map((rule) => `rule add ${rule}`),
]
