import {
  type Chain,
  type FirstMatchRule,
  firstMatchList,
  type NamedMap,
  type NamedSet,
  type Rule,
  type Verdict,
} from 'node-iptables'
import type { FilterList, FilterRule } from './rule.ts'

/** Parts of the filter's table that belong together. */
export interface Parts {
  readonly maps: readonly NamedMap[]
  readonly sets: readonly NamedSet[]
  readonly chains: readonly Chain[]
}

export interface Verdicts {
  readonly allow: Verdict
  readonly deny: Verdict
}

const bare = ({
  number,
  protocol,
  ports,
  icmp,
  sources,
  destinations,
}: FilterRule): Omit<FirstMatchRule, 'verdict'> => ({
  ...(number === undefined ? {} : { number }),
  ...(protocol === 'all' ? {} : { protocol }),
  ...(ports === undefined ? {} : { destinationPort: ports.join('-') }),
  ...(icmp === undefined ? {} : { icmpType: icmp.type }),
  ...(icmp?.code === undefined ? {} : { icmpCode: icmp.code }),
  ...(sources === undefined ? {} : { source: sources }),
  ...(destinations === undefined ? {} : { destination: destinations }),
})

/** A rule in the words of the netfilter library. */
export const toFirstMatch = (rule: FilterRule, { allow, deny }: Verdicts): FirstMatchRule => ({
  ...bare(rule),
  verdict: rule.action === 'allow' ? allow : deny,
})

/** A chain that decides packets by a list; `before` are rules that come first. */
export const listParts = (
  name: string,
  { rules, otherwise }: FilterList,
  verdicts: Verdicts,
  before: readonly Rule[] = [],
): Parts => {
  const { chain, maps, sets, chains } = firstMatchList(
    name,
    rules.map((rule) => toFirstMatch(rule, verdicts)),
  )
  const last: Rule = { jump: otherwise === 'allow' ? verdicts.allow : verdicts.deny }
  return { maps, sets, chains: [...chains, { ...chain, rules: [...before, ...chain.rules, last] }] }
}

/** A list that lets everything pass needs no chain. */
export const isOpen = ({ rules, otherwise }: FilterList): boolean => rules.length === 0 && otherwise === 'allow'

export const joinParts = (parts: readonly Parts[]): Parts => ({
  maps: parts.flatMap(({ maps }) => maps),
  sets: parts.flatMap(({ sets }) => sets),
  chains: parts.flatMap(({ chains }) => chains),
})
