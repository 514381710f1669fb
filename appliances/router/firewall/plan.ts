import type { Action, Change } from '@sysvm/agent/service'
import { mayRefuse } from './cut.ts'
import { egressOf, ingressOf } from './networks.ts'
import type { FilterList } from './rule.ts'
import type { FirewallSpec } from './spec.ts'

const textOf = (list: FilterList | undefined): string =>
  list === undefined ? 'not filtered' : `${list.rules.length} rules, else ${list.otherwise}`

/** How a list changes; nothing where it does not. Elements of maps change, so nothing else is disturbed. */
export const listAction = (
  target: string,
  before: FilterList | undefined,
  after: FilterList | undefined,
): readonly Action[] =>
  JSON.stringify(before) === JSON.stringify(after)
    ? []
    : [
        {
          verb: 'update',
          target,
          why: `${textOf(after)}, was ${textOf(before)}`,
          // Connections go on unless the rules no longer allow them.
          dropsFlows: mayRefuse(before, after),
        },
      ]

interface Named {
  readonly target: string
  readonly list: FilterList
}

/** Every list of a spec, by what it is for. */
const listsOf = (spec: FirewallSpec): ReadonlyMap<string, Named['list']> =>
  new Map([
    ...spec.addresses.map(({ address, rules }) => [`ingress of ${address}`, { rules, otherwise: 'deny' }] as const),
    ...spec.networks.map(({ device }) => [`egress of ${device}`, egressOf(spec, device)] as const),
    ...spec.networks.flatMap(({ device }) => {
      const list = ingressOf(spec, device)
      return list === undefined ? [] : [[`ingress of ${device}`, list] as const]
    }),
  ])

const none: FirewallSpec = { egress: 'allow', addresses: [], networks: [] }

/** What differs between two specs of the firewall. Pure. */
export const plan = ({ before, after }: Pick<Change<FirewallSpec>, 'before' | 'after'>): readonly Action[] => {
  const [old, next] = [listsOf(before ?? none), listsOf(after ?? none)]
  const baseline: readonly Action[] =
    before?.egress === after?.egress
      ? []
      : [
          {
            verb: 'update',
            target: 'firewall baseline',
            why: `egress is ${after?.egress ?? 'no longer filtered'}, was ${before?.egress ?? 'not filtered'}`,
            dropsFlows: before?.egress === 'allow' && after?.egress === 'deny',
          },
        ]
  return [
    ...baseline,
    ...[...new Set([...old.keys(), ...next.keys()])].flatMap((name) => listAction(name, old.get(name), next.get(name))),
  ]
}
