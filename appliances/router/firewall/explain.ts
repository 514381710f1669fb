import type { Decision, Reason, TracedPacket } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { createFirstMatch } from 'node-iptables'
import { servicesOf } from '../whole.ts'
import { toFirstMatch } from './list.ts'
import { chainFrom, chainTo, egressOf, ingressOf } from './networks.ts'
import type { FilterList } from './rule.ts'
import type { FirewallSpec } from './spec.ts'

const FILTER = 'inet sysvm_filter'

/** Which rule of a list decides about a packet, by its id, or the list's default. `what` names the list. Pure. */
export const listReason = ({ rules, otherwise }: FilterList, what: string, packet: TracedPacket): Reason => {
  const decide = createFirstMatch(rules.map((rule) => toFirstMatch(rule, { allow: 'ACCEPT', deny: 'DROP' })))
  const rule = rules[decide(packet)?.rule ?? -1]
  if (rule === undefined)
    return {
      says: `No rule of the ${what} is about it, and what none is about is ${otherwise === 'allow' ? 'allowed' : 'denied'}.`,
    }
  const verb = rule.action === 'allow' ? 'allows' : 'denies'
  if (rule.id === undefined) return { says: `A rule of the ${what} ${verb} it.` }
  return { says: `Rule ${rule.id} of the ${what} ${verb} it.`, id: rule.id }
}

/** What the counters of dropped packets mean. */
const dropped: Readonly<Record<string, string>> = {
  spoofed: 'Its source does not belong where it came in.',
  to_control: 'The control network is closed to all that is forwarded.',
  invalid: 'It belongs to no connection that the router knows.',
  input_dropped: 'The router offers nothing at that address and port.',
  forward_dropped: 'Nothing lets packets pass between these two networks.',
}

const baseline = ({ chain, rule, verdict }: Decision): Reason | undefined => {
  const counter = /counter name "([a-z_]+)"/.exec(rule)?.[1]
  const says = verdict === 'drop' && counter !== undefined ? dropped[counter] : undefined
  if (says !== undefined) return { says }
  if (chain === 'forward' && verdict === 'accept' && rule.includes('ct status dnat'))
    return { says: 'It was decided on the public address that it came to.' }
  return undefined
}

/** What the firewall's part of the ruleset did to a packet. Pure. */
export const explain = (spec: FirewallSpec, decision: Decision, whole: SpecEnvelope): Reason | undefined => {
  const { table, chain, verdict, packet } = decision
  if (table !== FILTER || verdict === 'continue') return undefined
  if (chain === 'public') {
    const governed = spec.addresses.find(({ address }) => address === packet.destination)
    if (governed === undefined) return undefined
    return listReason({ rules: governed.rules, otherwise: 'deny' }, `ingress of ${governed.address}`, packet)
  }
  const byAcl = new Set(servicesOf(whole).acl?.devices.map(({ device }) => device))
  const { in: from, out: to } = packet
  if (from !== undefined && !byAcl.has(from) && chain === chainFrom(from))
    return listReason(egressOf(spec, from), `egress of ${from}`, packet)
  const ingress = to === undefined ? undefined : ingressOf(spec, to)
  if (to !== undefined && ingress !== undefined && !byAcl.has(to) && chain === chainTo(to))
    return listReason(ingress, `ingress of ${to}`, packet)
  return baseline(decision)
}
